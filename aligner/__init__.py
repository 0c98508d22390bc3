"""Word times for a known text: a native MLX Qwen3-ForcedAligner with repair. Usable alone: `python -m aligner`."""
