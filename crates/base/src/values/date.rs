//! A day of the calendar, as `until` takes it.

use super::Problem;
use std::fmt;
use std::str::FromStr;

/// A day of the proleptic Gregorian calendar, from year 0 to year 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i16,
    month: i8,
    day: i8,
}

impl Date {
    /// 1970-01-01.
    pub const EPOCH: Date = Date { year: 1970, month: 1, day: 1 };

    /// The day with these numbers, if the calendar has it.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Date> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        ((0..=9999).contains(&year) && (1..=last).contains(&day)).then_some(Date { year, month, day })
    }

    /// The day that is `days` days after 1970-01-01; `None` outside of the years 0 to 9999.
    ///
    /// Source: `civil_from_days` in Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    pub fn from_days(days: i64) -> Option<Date> {
        let days = days.checked_add(719_468)?;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
    }

    /// Days since 1970-01-01, negative before it: the reverse of [`Date::from_days`].
    pub fn days(self) -> i64 {
        let (year, month, day) = (i64::from(self.year), i64::from(self.month), i64::from(self.day));
        let year = year - i64::from(month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let from_march = if month > 2 { month - 3 } else { month + 9 };
        let day_of_year = (153 * from_march + 2) / 5 + day - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    /// The day in UTC that is `seconds` seconds after the start of 1970; `None` outside of the years 0 to 9999.
    pub fn from_unix_seconds(seconds: u64) -> Option<Date> {
        Date::from_days(i64::try_from(seconds / 86_400).ok()?)
    }

    /// The day `days` days later; `None` outside of the years 0 to 9999.
    pub fn plus_days(self, days: i64) -> Option<Date> {
        Date::from_days(self.days().checked_add(days)?)
    }
}

impl FromStr for Date {
    type Err = Problem;

    /// Reads `YYYY-MM-DD` and nothing else.
    fn from_str(text: &str) -> Result<Date, Problem> {
        let bytes = text.as_bytes();
        let digits = |range: std::ops::Range<usize>| {
            let part = text.get(range)?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<i16>().ok())?
        };
        let shaped = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
        let parts = || Some((digits(0..4)?, digits(5..7)?, digits(8..10)?));
        let date = shaped
            .then(parts)
            .flatten()
            .and_then(|(year, month, day)| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?));
        date.ok_or_else(|| Problem::new("a date is YYYY-MM-DD, a day of the calendar"))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn days_and_dates_are_each_others_reverse() {
        assert_eq!((date("1970-01-01").days(), date("2000-03-01").days()), (0, 11_017));
        let (first, last) = (date("0000-01-01").days(), date("9999-12-31").days());
        let mut before = None;
        for days in first..=last {
            let date = Date::from_days(days).expect("a day");
            assert_eq!(date.days(), days);
            assert!(before < Some(date), "{date}");
            before = Some(date);
        }
        assert_eq!((Date::from_days(first - 1), Date::from_days(last + 1)), (None, None));
        assert_eq!(Date::from_days(i64::MAX), None);
        assert_eq!(Date::from_unix_seconds(1_796_000_000).map(|day| day.to_string()).as_deref(), Some("2026-11-30"));
    }

    #[test]
    fn only_days_of_the_calendar_are_read() {
        for good in ["2027-01-31", "2024-02-29", "2000-02-29", "0000-01-01", "9999-12-31"] {
            assert_eq!(date(good).to_string(), good);
        }
        for bad in
            ["2027-02-29", "1900-02-29", "2027-04-31", "2027-13-01", "2027-00-01", "2027-01-00", "27-01-01", "20270131"]
        {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
        for bad in ["", "2027-1-31", "+027-01-31", "2027-01-31T10:00", "2027/01/31", "２０27-01", "2027-01-3１"] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
        assert_eq!(date("2026-12-31").plus_days(1), Some(date("2027-01-01")));
    }
}
