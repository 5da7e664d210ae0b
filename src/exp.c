#include "exp.h"

const struct exp_constants exp_constants = {
    .one = 1,
    .limit = 104,
    .log2_e = 0x1.715476p+0f,
    .magic = 0x1.8p23f,
    .ln2_high = -0x1.63p-1f,
    .ln2_low = 0x1.bd0106p-13f,
    .q = {0.4999999701976776f, 0.1666652113199234f, 0.04166765511035919f, 0.008368661627173424f, 0.0013850782997906208f},
    .power24 = 0x1p-24f,
    .minus_power24 = -0x1p-24f,
    .bits24 = (127 + 24) << 23,
};
