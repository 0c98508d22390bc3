"""A pipeline directory in the exact layout and architecture of community-1, with weights made here: it hears nothing.

Called only where pyannote.audio is installed. The layout is that of pyannote/speaker-diarization-community-1: PyanNet
on 10 s windows, 3 speakers of whom 2 at once; WeSpeakerResNet34; VBx clustering with a PLDA of 128 dimensions.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

CONFIG = """\
dependencies:
  pyannote.audio: 4.0.0
pipeline:
  name: pyannote.audio.pipelines.SpeakerDiarization
  params:
    clustering: VBxClustering
    segmentation: $model/segmentation
    segmentation_batch_size: 32
    embedding: $model/embedding
    embedding_batch_size: 32
    embedding_exclude_overlap: true
    plda: $model/plda
params:
  clustering:
    threshold: 0.6
    Fa: 0.07
    Fb: 0.8
  segmentation:
    min_duration_off: 0.0
"""


def make_pipeline(folder: Path, seed: int = 0) -> Path:
    """Writes the directory, 32 MB."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        from pyannote.audio.core.task import Problem, Resolution, Specifications
        from pyannote.audio.models.embedding import WeSpeakerResNet34
        from pyannote.audio.models.segmentation import PyanNet

        torch.manual_seed(seed)
        speakers = Specifications(
            problem=Problem.MONO_LABEL_CLASSIFICATION,
            resolution=Resolution.FRAME,
            duration=10.0,
            classes=["speaker#1", "speaker#2", "speaker#3"],
            powerset_max_classes=2,
            permutation_invariant=True,
        )
        _save(PyanNet(sincnet={"stride": 10}, lstm={"num_layers": 4}), speakers, folder / "segmentation", 100.0)
        whole = Specifications(
            problem=Problem.REPRESENTATION, resolution=Resolution.CHUNK, duration=5.0, classes=["voice"]
        )
        _save(WeSpeakerResNet34(), whole, folder / "embedding")
    make_plda(folder / "plda", seed)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return folder


def make_plda(folder: Path, seed: int = 0) -> None:
    """The two files of a PLDA that tells nobody apart."""
    dice = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    mixing = np.linalg.qr(dice.standard_normal((256, 256)))[0][:, :128]
    np.savez(folder / "xvec_transform.npz", mean1=np.zeros(256), mean2=np.zeros(128), lda=mixing)
    psi = np.sort(dice.uniform(0.1, 20.0, 128))[::-1]
    np.savez(folder / "plda.npz", mu=np.zeros(128), tr=np.eye(128), psi=psi.copy())


def _save(model, specifications, folder: Path, contrast: float = 1.0) -> None:
    """A checkpoint as Lightning writes one and pyannote reads it; `contrast` makes its classes change."""
    import torch
    from pyannote.audio import __version__
    from pytorch_lightning import __version__ as lightning

    model.specifications = specifications
    model.build()
    if contrast != 1.0:
        model.classifier.weight.data *= contrast
    folder.mkdir(parents=True)
    kind = type(model)
    torch.save(
        {
            "state_dict": model.state_dict(),
            "hyper_parameters": dict(model.hparams),
            "pytorch-lightning_version": lightning,
            "epoch": 0,
            "global_step": 0,
            "pyannote.audio": {
                "versions": {"torch": torch.__version__, "pyannote.audio": __version__},
                "architecture": {"module": kind.__module__, "class": kind.__name__},
                "specifications": specifications,
            },
        },
        folder / "pytorch_model.bin",
    )
