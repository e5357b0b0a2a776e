//! exp2_approx: 2^x for x in [0, 1].
//!
//! 10 operations. Found by elitemap, space elementary,
//! program 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.
//! SPDX-License-Identifier: MIT
//!
//! Certificate, for real arithmetic and the unrounded constants:
//!   largest error, proved bound  2.1919e-15
//!   digits, proved               14.6591
//!   error attained, proved       2.1918e-15
//!   attained at x                0.73125
//!   digits, at most              14.6592
//!   float64 error, measured      4e-15
//!   float64 rounding, measured   2.1e-15
//!   target                       exp2(x)
//!   domain                       [0, 1]
//!   error                        relative
//!   method                       adaptive Taylor models in ball arithmetic
//!   precision bits               128
//!   subintervals                 37
//!
//! Whether the float64 evaluation is finite was not examined.
//!
//! The same bits everywhere: every operation rounds once, as IEEE 754 says. Rust fuses and
//! regroups nothing; the bits are those of the exported C (on 32-bit x86: with SSE2).
//! Test: rustc --test exp2_approx.rs && ./exp2_approx

/// The function at x.
#[must_use]
pub fn exp2_approx(x: f64) -> f64 {
    let c1 = f64::from_bits(0x40b69786606cdbcc); // 5783.524908832226833435
    let c2 = f64::from_bits(0x40cd92f7200da649); // 15141.93066568965270797
    let c3 = f64::from_bits(0xc06f51aafff9ae5e); // -250.5521240116676651583
    let c4 = f64::from_bits(0x407f51aafffbffd4); // 501.104248031971314874
    let c5 = f64::from_bits(0xbfeffffffffffffe); // -0.9999999999999997260271
    let t1 = c1 / x;
    let t2 = x + t1;
    let t3 = c2 / t2;
    let t4 = t3 + c3;
    let t5 = t2 + t4;
    let t6 = c4 / t5;
    let t7 = t6 - c5;
    let t8 = t7 * t7;
    let t9 = t8 * t8;
    let t10 = t9 * t9;
    t10
}

/// y[i] = exp2_approx(x[i]) for all elements that both have.
pub fn exp2_approx_n(x: &[f64], y: &mut [f64]) {
    for (result, &argument) in y.iter_mut().zip(x) {
        *result = exp2_approx(argument);
    }
}

#[cfg(test)]
mod tests {
    use super::{exp2_approx, exp2_approx_n};

    /// Bits of arguments and result, which is finite.
    const CASES: &[(u64, u64)] = &[
        (0x8000000000000001, 0x3feffffffffffff0),
        (0x0000000000000000, 0x3feffffffffffff0),
        (0x0000000000000001, 0x3feffffffffffff0),
        (0x3fefffffffffffff, 0x4000000000000009),
        (0x3ff0000000000000, 0x4000000000000009),
        (0x3ff0000000000001, 0x4000000000000009),
        (0x3fe3c6ef372fe950, 0x3ff88e77d62aa7bd),
        (0x3fce3779b97f4a80, 0x3ff2d82e0a8d7c98),
        (0x3feb54cda58fbbf0, 0x3ffcec10cc85f5d3),
        (0x3fde3779b97f4a80, 0x3ff631d0735fc123),
        (0x3fb715609f7c7480, 0x3ff1082c8151ae92),
        (0x3fe6a99b4b1f77e0, 0x3ffa23eaddbbf7d8),
        (0x3fd4e115049ec260, 0x3ff40f516d095f46),
        (0x3fee3779b97f4a80, 0x3ffec99854a5b899),
        (0x3fe1fe68f0af33d0, 0x3ff7a0441f2f9956),
        (0x3fc715609f7c7480, 0x3ff22162bfcaaff3),
        (0x3fe98c475f0f0670, 0x3ffbd38437137fa6),
        (0x3fdaa66d2c7ddf80, 0x3ff55a85f8d24ea1),
        (0x3fa1a25cd6ed9100, 0x3ff062f624a9ec36),
        (0x3fe4e115049ec260, 0x3ff9265a3ae242d0),
        (0x3fd15008779d5760, 0x3ff34cbc0b808a9f),
        (0x3fec6ef372fe9500, 0x3ffd9ef3a3334111),
        (0x3fe035e2aa2e7e50, 0x3ff6bb1700e32453),
        (0x3fbfe68f0af33d00, 0x3ff17184969d4d16),
        (0x3fe7c3c1188e50f0, 0x3ffac599006b9601),
        (0x3fd715609f7c7480, 0x3ff48b63d940a644),
        (0x3fef519f86ee2390, 0x3fff8804bbbed3bf),
        (0x3fe3188ebe1e0ce0, 0x3ff8326536a97f3a),
        (0x3fcb7df7d537d8c0, 0x3ff29186277b58a5),
        (0x3feaa66d2c7ddf80, 0x3ffc7f9fd4b91439),
        (0x3fdcdab8c75b91a0, 0x3ff5de98ee209d3b),
        (0x3fb1a25cd6ed9100, 0x3ff0c8505f5fa1bf),
        (0x3fe5fb3ad20d9b80, 0x3ff9c1e80ad79974),
        (0x3fd38454127b0980, 0x3ff3c41af34bcd4d),
        (0x3fed8919406d6e00, 0x3ffe5628e73d008f),
        (0x3fe15008779d5760, 0x3ff747ae9e609cb4),
        (0x3fc45bdebb350300, 0x3ff1dd683c070721),
        (0x3fe8dde6e5fd2a00, 0x3ffb6b2f24f77a12),
        (0x3fd949ac3a5a2680, 0x3ff50a75ab064eb6),
        (0x3f8af155173f2800, 0x3ff02585762339fc),
        (0x3fe432b48b8ce600, 0x3ff8c80e20ded31a),
        (0x3fcfe68f0af33d00, 0x3ff3045f25286c38),
        (0x3febc092f9ecb880, 0x3ffd2fe3f33738c7),
        (0x3fdf0f04623943c0, 0x3ff665dcc75f8c53),
        (0x3fba738b42645a00, 0x3ff1301d79f0764c),
        (0x3fe715609f7c7480, 0x3ffa6137f86f7f1d),
        (0x3fd5b89fad58bb80, 0x3ff43e5c2cc78203),
        (0x3feea33f0ddc4720, 0x3fff11cb53fe437c),
        (0x3fe26a2e450c3080, 0x3ff7d7abcf5ff54b),
        (0x3fc8c475f0f06700, 0x3ff24be72f8931ef),
        (0x3fe9f80cb36c0300, 0x3ffc14c57483191a),
        (0x3fdb7df7d537d8c0, 0x3ff58c996cc5f8b9),
        (0x3fa85eb21cbd5c00, 0x3ff08963ad7ab125),
        (0x3fe54cda58fbbf00, 0x3ff96154b40aaffe),
        (0x3fd2279320575080, 0x3ff379fe7ab6ac12),
        (0x3fecdab8c75b91a0, 0x3ffde46a4a9b600a),
        (0x3fe0a1a7fe8b7b00, 0x3ff6f065411a3e53),
        (0x3fc1a25cd6ed9100, 0x3ff19a6c99a3562e),
        (0x3fe82f866ceb4d80, 0x3ffb046142709bf1),
        (0x3fd7eceb48366e00, 0x3ff4bb918e86457a),
        (0x3fefbd64db4b2040, 0x3fffd1f64a28e47a),
        (0x3fe38454127b0980, 0x3ff86b23964a2df1),
        (0x3fcd2d0d26abcb00, 0x3ff2bd11907bed13),
        (0x3feb123280dadc00, 0x3ffcc274ada1919d),
        (0x3fddb24370158b00, 0x3ff611e21b98522b),
        (0x3fb5008779d57600, 0x3ff0efab96428b6b),
        (0x3fe66700266a9800, 0x3ff9fe4f4d784ae3),
        (0x3fd45bdebb350300, 0x3ff3f27551b03e64),
        (0x3fedf4de94ca6ac0, 0x3ffe9d4d3205f7f6),
        (0x3fe1bbcdcbfa5400, 0x3ff77e4691ee49a7),
        (0x8000000000000000, 0x3feffffffffffff0),
        (0x000012688b70e62b, 0x3feffffffffffff0),
        (0x800012688b70e62b, 0x3feffffffffffff0),
        (0x0010000000000000, 0x3feffffffffffff0),
        (0x8010000000000000, 0x3feffffffffffff0),
        (0xbff0000000000000, 0x3fdfffffffffdb5e),
        (0x5f138d352e5096af, 0x3feffffffffffff0),
        (0xdf138d352e5096af, 0x3feffffffffffff0),
        (0x7fefffffffffffff, 0x3feffffffffffff0),
        (0xffefffffffffffff, 0x3feffffffffffff0),
        (0x7ff0000000000000, 0x3feffffffffffff0),
        (0xfff0000000000000, 0x3feffffffffffff0),
    ];

    #[test]
    fn cases_match() {
        for &(argument, result) in CASES {
            let x = f64::from_bits(argument);
            let mut y = [0.0];
            exp2_approx_n(&[x], &mut y);
            assert_eq!(exp2_approx(x).to_bits(), result, "at {x:e}");
            assert_eq!(y[0].to_bits(), result, "at {x:e}");
        }
    }
}
