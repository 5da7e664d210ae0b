#include "layerlens.h"

int32_t layerlens_variant(void) {
#if defined(__wasm_relaxed_simd__)
    return 2;
#elif defined(__wasm_simd128__)
    return 1;
#else
    return 0;
#endif
}
