//! Which vertical lane each net takes in a gutter.

/// The heights at which a net enters a gutter from either side.
#[derive(Debug, Clone)]
pub(super) struct Crossing {
    pub(super) left: Vec<i32>,
    pub(super) right: Vec<i32>,
}

impl Crossing {
    fn heights(&self) -> impl Iterator<Item = i32> {
        self.left.iter().chain(&self.right).copied()
    }

    fn span(&self) -> (i32, i32) {
        (self.heights().min().unwrap_or(0), self.heights().max().unwrap_or(0))
    }
}

/// Up to this many nets, their order is improved one pair after the other.
const MOST: usize = 400;
/// What it costs when two lines would run over each other.
const OVERLAP: usize = 100;

/// The lane of each net from the left, `None` for one that runs straight through, and how many lanes there are.
pub(super) fn lanes(crossings: &[Crossing]) -> (Vec<Option<usize>>, usize) {
    let bent = |&at: &usize| {
        let (top, bottom) = crossings[at].span();
        top < bottom
    };
    let mut order: Vec<usize> = (0..crossings.len()).filter(bent).collect();
    // Of lines that go down, the lower ones turn first; of those that go up, the upper ones.
    order.sort_by_key(|&at| {
        let Crossing { left, right } = &crossings[at];
        let mean = |ys: &[i32]| ys.iter().map(|&y| i64::from(y)).sum::<i64>() / ys.len().max(1) as i64;
        let down = mean(left) <= mean(right);
        (if down { -mean(left) } else { mean(left) }, at)
    });
    if order.len() <= MOST {
        improve(&mut order, crossings);
    }
    let mut lane = vec![None; crossings.len()];
    let mut count = 0;
    for (place, &at) in order.iter().enumerate() {
        let (top, bottom) = crossings[at].span();
        let beside = |other: &&usize| {
            let (first, last) = crossings[**other].span();
            top <= last && first <= bottom
        };
        let taken = order[..place].iter().filter(beside).filter_map(|&other| lane[other]).max();
        let own = taken.map_or(0, |taken: usize| taken + 1);
        lane[at] = Some(own);
        count = count.max(own + 1);
    }
    (lane, count)
}

/// Swaps neighbours as long as that saves crossings.
fn improve(order: &mut [usize], crossings: &[Crossing]) {
    for _ in 0..order.len() {
        let mut better = false;
        for place in 1..order.len() {
            let (a, b) = (&crossings[order[place - 1]], &crossings[order[place]]);
            if cost(b, a) < cost(a, b) {
                order.swap(place - 1, place);
                better = true;
            }
        }
        if !better {
            break;
        }
    }
}

/// What it costs when `a` has its lane left of that of `b`.
fn cost(a: &Crossing, b: &Crossing) -> usize {
    let within = |y: i32, (top, bottom): (i32, i32)| usize::from(top < y && y < bottom);
    let (own, other) = (a.span(), b.span());
    let crossed = a.right.iter().map(|&y| within(y, other)).chain(b.left.iter().map(|&y| within(y, own)));
    // The line of `a` to the right and that of `b` to the left pass each other's lanes: at one height they would be one.
    let overlaps = a.right.iter().filter(|y| b.left.contains(y)).count();
    crossed.sum::<usize>() + overlaps * OVERLAP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_needs_no_lane() {
        let (lane, count) = lanes(&[Crossing { left: vec![5], right: vec![5] }]);
        assert_eq!((lane, count), (vec![None], 0));
    }

    #[test]
    fn lines_that_go_down_do_not_cross() {
        let crossing = |left, right| Crossing { left: vec![left], right: vec![right] };
        let (lane, count) = lanes(&[crossing(0, 20), crossing(10, 30)]);
        assert_eq!((lane, count), (vec![Some(1), Some(0)], 2));
    }

    #[test]
    fn nets_that_do_not_meet_share_a_lane() {
        let crossing = |left, right| Crossing { left: vec![left], right: vec![right] };
        let (lane, count) = lanes(&[crossing(0, 20), crossing(40, 60)]);
        assert_eq!((lane, count), (vec![Some(0), Some(0)], 1));
    }

    #[test]
    fn lines_at_one_height_are_kept_apart() {
        let crossing = |left, right| Crossing { left: vec![left], right: vec![right] };
        let (lane, _) = lanes(&[crossing(10, 40), crossing(0, 10)]);
        assert_eq!(lane, vec![Some(0), Some(1)], "what enters at 10 turns before what leaves there comes");
    }
}
