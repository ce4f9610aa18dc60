//! How long something may take, in whole seconds: `30s`.

use super::Problem;

/// The longest time that can be said: an hour.
const MOST: u32 = 3600;

/// Parses a time such as `30s`, from one second to an hour.
///
/// # Errors
/// Says what a time is and, where the text is a number or has another unit, which time it may have meant.
pub fn parse(text: &str) -> Result<u32, Problem> {
    let whole = |digits: &str| -> Option<u32> {
        let plain = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|seconds| plain && (1..=MOST).contains(seconds))
    };
    if let Some(seconds) = text.strip_suffix('s').and_then(whole) {
        return Ok(seconds);
    }
    let problem = Problem::new("a time is a whole number of seconds from `1s` to `3600s`");
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let factor = match text[end..].to_ascii_lowercase().as_str() {
        "" | "s" | "sec" | "second" | "seconds" => 1,
        "m" | "min" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" => 3600,
        _ => return Err(problem),
    };
    let seconds = text[..end].parse::<u32>().ok().and_then(|number| number.checked_mul(factor));
    match seconds.filter(|seconds| (1..=MOST).contains(seconds)) {
        Some(seconds) => Err(problem.meant(format!("{seconds}s"))),
        None => Err(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_seconds_up_to_an_hour_are_taken() {
        assert_eq!([parse("1s"), parse("30s"), parse("3600s")].map(Result::ok), [Some(1), Some(30), Some(3600)]);
        for (text, meant) in [
            ("30", Some("30s")),
            ("030s", Some("30s")),
            ("5m", Some("300s")),
            ("1h", Some("3600s")),
            ("30S", Some("30s")),
            ("0s", None),
            ("3601s", None),
            ("2h", None),
            ("1.5s", None),
            ("-1s", None),
            ("99999999999s", None),
            ("500ms", None),
            ("s", None),
            ("", None),
            ("٣s", None),
        ] {
            let problem = parse(text).expect_err(text);
            assert_eq!(problem.meant.as_deref(), meant, "{text}");
            assert!(problem.meant.is_none_or(|meant| parse(&meant).is_ok()), "{text}");
        }
    }
}
