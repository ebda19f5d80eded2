//! Everything that looks like chance in the sandbox is a function of the seed, written here.

/// Mixes any number of words into one, well enough that neighbouring inputs share nothing visible
/// (the finaliser of Sebastiano Vigna's SplitMix64).
pub(crate) fn mix(words: &[u64]) -> u64 {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for word in words {
        state = state.wrapping_add(*word).wrapping_add(0x9e37_79b9_7f4a_7c15);
        state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        state ^= state >> 31;
    }
    state
}

/// A number in `0.0..1.0`.
pub(crate) fn unit(words: &[u64]) -> f64 {
    (mix(words) >> 11) as f64 / (1_u64 << 53) as f64
}

/// A number between two others.
pub(crate) fn between(low: f64, high: f64, words: &[u64]) -> f64 {
    low + (high - low) * unit(words)
}

/// One of a list, which must not be empty.
pub(crate) fn pick<'a, T>(list: &'a [T], words: &[u64]) -> &'a T {
    &list[(mix(words) % list.len() as u64) as usize]
}

/// A stable number for a name, so that names can be mixed in.
pub(crate) const fn tag(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    hash
}

/// Splits a whole into parts by weight; the parts always add up to the whole.
pub(crate) fn split(whole: u64, weights: &[f64]) -> Vec<u64> {
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return weights.iter().map(|_| 0).collect();
    }
    let mut parts = Vec::with_capacity(weights.len());
    let (mut seen, mut given) = (0.0, 0_u64);
    for weight in weights {
        seen += weight;
        let upto = ((whole as f64) * (seen / total)).round() as u64;
        let upto = upto.clamp(given, whole);
        parts.push(upto - given);
        given = upto;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up() {
        for whole in [0, 1, 7, 410, 99_999] {
            for weights in [vec![1.0], vec![0.5, 0.3, 0.2], vec![0.0, 3.0, 0.001, 9.0]] {
                assert_eq!(split(whole, &weights).iter().sum::<u64>(), whole);
            }
        }
    }

    #[test]
    fn the_same_words_give_the_same_number() {
        assert_eq!(mix(&[7, 1, 2]), mix(&[7, 1, 2]));
        assert_ne!(mix(&[7, 1, 2]), mix(&[7, 2, 1]));
        assert!((0.0..1.0).contains(&unit(&[1, 2, 3])));
    }
}
