"""One decode step on an NVIDIA GPU in few, large kernels.

MLX's attention with a mask over the keys of a single query is not one kernel on CUDA but eight, with copies of the
keys; norms and rotations of parts of an array copy them first; and its update at a place that is known only on the
device copies the whole cache. Each function here is one kernel, and gives every row what it would get alone: its keys
are counted from its own first column. `decoder` and `tests` have the same in MLX's own operations.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any, cast

import mlx.core as mx

HEAD_DIMS = (64, 128, 256)
"""that the kernels can split over the lanes of a warp"""

_VECTOR = """
template <typename T, int N> struct __align__(sizeof(T) * N > 16 ? 16 : sizeof(T) * N) Pack { T x[N]; };
__device__ inline float over_lanes(float value, int lanes) {
  for (int step = lanes / 2; step; step /= 2) value += __shfl_xor_sync(0xffffffff, value, step);
  return value;
}
"""

_ROTATE = """
  // A warp a head: normalise queries and keys over the head, rotate them to their position; keys and values go into
  // the store, which is changed in place although MLX takes inputs for constant.
  constexpr int HEADS = H + 2 * HK, HALF = D / 2, N = HALF / 32;
  const int columns = store_shape[3];
  const int lane = threadIdx.x, head = blockIdx.y * blockDim.y + threadIdx.y, row = blockIdx.z, rows = gridDim.z;
  if (head >= HEADS) return;
  const T* from = heads + (size_t(row) * HEADS + head) * D + lane * N;
  float low[N], high[N], square = 0;
  for (int i = 0; i < N; ++i) {
    low[i] = float(from[i]);
    high[i] = float(from[i + HALF]);
    square += low[i] * low[i] + high[i] * high[i];
  }
  const size_t place = head < H + HK ? row * HK + head - H : (rows + row) * HK + head - H - HK;
  T* to = (head < H ? queries + (size_t(row) * H + head) * D
                    : const_cast<T*>(store) + (place * columns + state[rows]) * D) + lane * N;
  if (head >= H + HK) {
    for (int i = 0; i < N; ++i) { to[i] = T(low[i]); to[i + HALF] = T(high[i]); }
    return;
  }
  const float scale = rsqrtf(over_lanes(square, 32) / D + numbers[0]);
  const float position = float(state[rows] - state[row]);
  const T* weight = (head < H ? query_weight : key_weight) + lane * N;
  for (int i = 0; i < N; ++i) {
    const float a = float(T(low[i] * scale * float(weight[i])));
    const float b = float(T(high[i] * scale * float(weight[i + HALF])));
    const float angle = position * exp2f(-float(lane * N + i) / HALF * numbers[1]);
    float sine, cosine;
    sincosf(angle, &sine, &cosine);
    to[i] = T(a * cosine - b * sine);
    to[i + HALF] = T(a * sine + b * cosine);
  }
"""

_ATTEND = """
  // A block a row and key head. Each group of D / 8 lanes takes every GROUPS * AHEAD-th run of keys with a softmax of
  // its own, whose parts are joined at the end (Dao et al., FlashAttention; Milakov and Gimelshein, online softmax).
  constexpr int G = H / HK, LANES = D / 8, GROUPS = THREADS / LANES, WARPS = THREADS / 32, AHEAD = 4;
  const int head = blockIdx.x, row = blockIdx.y, rows = gridDim.y, columns = store_shape[3];
  const int group = threadIdx.x / LANES, lane = threadIdx.x % LANES, warp = threadIdx.x / 32;
  const int start = state[row], count = state[rows] + 1 - start;
  using P = Pack<T, 8>;
  const T* keys = store + (size_t(row * HK + head) * columns + start) * D + lane * 8;
  const T* values = keys + size_t(rows) * HK * columns * D;
  float query[G][8], sum[G][8] = {}, most[G], weight[G] = {};
  for (int g = 0; g < G; ++g) {
    const P pack = *(const P*)(queries + (size_t(row) * H + head * G + g) * D + lane * 8);
    for (int i = 0; i < 8; ++i) query[g][i] = float(pack.x[i]) * 1.44269504f * rsqrtf(float(D));
    most[g] = -INFINITY;
  }
  for (int first = 0; first < count; first += GROUPS * AHEAD) {
    P key[AHEAD], value[AHEAD];
    for (int a = 0; a < AHEAD; ++a) {
      const int column = min(first + a * GROUPS + group, count - 1);
      key[a] = *(const P*)(keys + size_t(column) * D);
      value[a] = *(const P*)(values + size_t(column) * D);
    }
    for (int g = 0; g < G; ++g) {
      float score[AHEAD], top = most[g];
      for (int a = 0; a < AHEAD; ++a) {
        float dot = 0;
        for (int i = 0; i < 8; ++i) dot += query[g][i] * float(key[a].x[i]);
        dot = over_lanes(dot, LANES);
        score[a] = first + a * GROUPS + group < count ? dot : -INFINITY;
        top = fmaxf(top, score[a]);
      }
      if (top == -INFINITY) continue;
      const float shrunk = exp2f(most[g] - top);
      most[g] = top;
      weight[g] *= shrunk;
      for (int i = 0; i < 8; ++i) sum[g][i] *= shrunk;
      for (int a = 0; a < AHEAD; ++a) {
        const float part = exp2f(score[a] - top);
        weight[g] += part;
        for (int i = 0; i < 8; ++i) sum[g][i] += part * float(value[a].x[i]);
      }
    }
  }
  __shared__ float tops[WARPS][G], weights[WARPS][G], sums[WARPS][G][D];
  for (int g = 0; g < G; ++g) {
    float top = most[g];
    for (int step = LANES; step < 32; step *= 2) top = fmaxf(top, __shfl_xor_sync(0xffffffff, top, step));
    const float shrunk = top == -INFINITY ? 0.0f : exp2f(most[g] - top);
    float total = weight[g] * shrunk;
    for (int step = LANES; step < 32; step *= 2) total += __shfl_xor_sync(0xffffffff, total, step);
    for (int i = 0; i < 8; ++i) {
      float part = sum[g][i] * shrunk;
      for (int step = LANES; step < 32; step *= 2) part += __shfl_xor_sync(0xffffffff, part, step);
      if (threadIdx.x % 32 < LANES) sums[warp][g][lane * 8 + i] = part;
    }
    if (threadIdx.x % 32 == 0) { tops[warp][g] = top; weights[warp][g] = total; }
  }
  __syncthreads();
  for (int at = threadIdx.x; at < G * D; at += THREADS) {
    const int g = at / D, i = at % D;
    float top = -INFINITY, total = 0, part = 0;
    for (int w = 0; w < WARPS; ++w) top = fmaxf(top, tops[w][g]);
    for (int w = 0; w < WARPS; ++w) {
      const float shrunk = exp2f(tops[w][g] - top);
      total += weights[w][g] * shrunk;
      part += sums[w][g][i] * shrunk;
    }
    out[(size_t(row) * H + head * G) * D + at] = T(part / total);
  }
"""

_ADD_NORM = """
  // A block a row.
  const int row = blockIdx.x;
  const T* left = x + size_t(row) * D;
  const T* right = y + size_t(row) * D;
  float square = 0;
  for (int i = threadIdx.x; i < D; i += THREADS) {
    const T both = T(float(left[i]) + float(right[i]));
    sum[size_t(row) * D + i] = both;
    square += float(both) * float(both);
  }
  __shared__ float squares[THREADS / 32];
  square = over_lanes(square, 32);
  if (threadIdx.x % 32 == 0) squares[threadIdx.x / 32] = square;
  __syncthreads();
  float all = 0;
  for (int w = 0; w < THREADS / 32; ++w) all += squares[w];
  const float scale = rsqrtf(all / D + numbers[0]);
  for (int i = threadIdx.x; i < D; i += THREADS) {
    normed[size_t(row) * D + i] = T(float(sum[size_t(row) * D + i]) * scale * float(weight[i]));
  }
"""

Kernel = Callable[..., Any]


@cache
def available() -> bool:
    """Whether MLX computes on an NVIDIA GPU by default."""
    return mx.cuda.is_available() and mx.default_device().type == mx.DeviceType.gpu


@cache
def _kernel(name: str, inputs: tuple[str, ...], outputs: tuple[str, ...], source: str) -> Kernel:
    kernel = mx.fast.cuda_kernel(
        name=f"subgen_{name}", input_names=list(inputs), output_names=list(outputs), source=source, header=_VECTOR
    )
    return cast("Kernel", kernel)


@cache
def numbers(*values: float) -> mx.array:
    """Constants of a model as a kernel reads them, float32."""
    array = mx.array(list(values), dtype=mx.float32)
    mx.eval(array)
    return array


def rotate(
    heads: mx.array,
    weights: tuple[mx.array, mx.array],
    state: mx.array,
    store: mx.array,
    constants: mx.array,
) -> mx.array:
    """Queries of one new token a row, normalised and rotated to the token's position; keys and values go into `store`.

    The store is changed in place, in a column that nobody has read yet. Whoever reads it must depend on the queries.

    Args:
        heads: (B, (H + 2 K) D), queries, keys and values side by side.
        weights: of the norms of queries and of keys, each (D,).
        state: (B + 1,) int32, each row's first column, then how many columns were filled before this token.
        store: (2, B, K, columns, D) keys and values, contiguous.
        constants: epsilon of the norms, logarithm to base 2 of RoPE's theta.

    Returns:
        (B, H, D).
    """
    _, rows, key_heads, _, dim = store.shape
    count = heads.shape[1] // dim
    kernel = _kernel(
        "rotate", ("heads", "query_weight", "key_weight", "state", "store", "numbers"), ("queries",), _ROTATE
    )
    (queries,) = kernel(
        inputs=[heads, *weights, state, store, constants],
        template=[("T", heads.dtype), ("H", count - 2 * key_heads), ("HK", key_heads), ("D", dim)],
        grid=(32, -(-count // 4) * 4, rows),
        threadgroup=(32, 4, 1),
        output_shapes=[(rows, count - 2 * key_heads, dim)],
        output_dtypes=[heads.dtype],
    )
    return cast("mx.array", queries)


def attend(queries: mx.array, store: mx.array, state: mx.array) -> mx.array:
    """Attention of one query a row to the keys of its row.

    Args:
        queries: (B, H, D).
        store: (2, B, K, columns, D) keys and values, the new token's included.
        state: as for `rotate`.

    Returns:
        (B, H D).
    """
    rows, heads, dim = queries.shape
    key_heads = store.shape[2]
    # A block a row and head fills the GPU from about 16 rows on; fewer rows get more threads each.
    threads = 256 if rows * key_heads >= 128 else 512
    kernel = _kernel("attend", ("queries", "store", "state"), ("out",), _ATTEND)
    (out,) = kernel(
        inputs=[queries, store, state],
        template=[("T", queries.dtype), ("H", heads), ("HK", key_heads), ("D", dim), ("THREADS", threads)],
        grid=(key_heads * threads, rows, 1),
        threadgroup=(threads, 1, 1),
        output_shapes=[(rows, heads * dim)],
        output_dtypes=[queries.dtype],
    )
    return cast("mx.array", out)


def add_norm(x: mx.array, y: mx.array, weight: mx.array, constants: mx.array) -> tuple[mx.array, mx.array]:
    """The sum of (B, D) arrays, and its RMS norm; `constants` starts with the norm's epsilon."""
    rows, dim = x.shape
    threads = 256
    kernel = _kernel("add_norm", ("x", "y", "weight", "numbers"), ("sum", "normed"), _ADD_NORM)
    total, normed = kernel(
        inputs=[x, y, weight, constants],
        template=[("T", x.dtype), ("D", dim), ("THREADS", threads)],
        grid=(rows * threads, 1, 1),
        threadgroup=(threads, 1, 1),
        output_shapes=[(rows, dim), (rows, dim)],
        output_dtypes=[x.dtype, x.dtype],
    )
    return total, normed


def rotation_constants(epsilon: float, theta: float) -> mx.array:
    """What `rotate` needs to know of a model."""
    return numbers(epsilon, math.log2(theta))
