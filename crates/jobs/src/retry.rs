//! How long to wait after a failure.

use chrono::TimeDelta;
use platform::World;

const FIRST_SECONDS: f64 = 60.0;
const LONGEST_SECONDS: f64 = 6.0 * 3_600.0;

/// The delay before the next execution after `failures` in a row (at least 1): a minute, doubled
/// each time up to six hours, ten per cent more or less so that accounts which failed together do
/// not come back together.
#[must_use]
pub fn delay(world: &World, failures: i32) -> TimeDelta {
    let seconds = (FIRST_SECONDS * 2f64.powi(failures.clamp(1, 30) - 1)).min(LONGEST_SECONDS);
    let jitter = world.random_fraction().mul_add(0.2, 0.9);
    #[expect(clippy::cast_possible_truncation, reason = "at most seven hours in milliseconds")]
    TimeDelta::milliseconds((seconds * jitter * 1_000.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_six_hours_with_a_tenth_of_jitter() {
        let (world, _) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        for (failures, seconds) in
            [(1, 60.0), (2, 120.0), (5, 960.0), (9, 15_360.0), (10, 21_600.0), (500, 21_600.0)]
        {
            let delay = delay(&world, failures).as_seconds_f64();
            assert!((seconds * 0.9..=seconds * 1.1).contains(&delay), "{failures}: {delay}");
        }
    }
}
