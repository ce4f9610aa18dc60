//! Temporary.
fn main() {
    let root = std::env::args().nth(1).unwrap();
    let mut v = Vec::new();
    fn walk(d: &std::path::Path, root: &std::path::Path, v: &mut Vec<xks::source::Source>) { for e in std::fs::read_dir(d).unwrap() { let p = e.unwrap().path(); if p.is_dir() { walk(&p, root, v) } else if p.extension().is_some_and(|x| x == "xks") { v.push(xks::source::Source::new(p.strip_prefix(root).unwrap().display().to_string(), std::fs::read_to_string(&p).unwrap())); } } }
    walk(root.as_ref(), root.as_ref(), &mut v);
    let s = xks::source::Sources::new(v);
    let t = std::time::Instant::now();
    let parsed = xks::parse(&s);
    let t1 = t.elapsed();
    let a = xks::analyze(&s, &parsed, &Default::default(), &Default::default());
    let t2 = t.elapsed();
    for d in &a.diagnostics { eprint!("{}", xks::diagnostics::render::render(&s, d, false)); }
    if let Some(c) = a.checked() {
        let tree = xks::build(&s, &c, None, xks::emit::Format::Yaml);
        let t3 = t.elapsed();
        if std::env::args().nth(2).is_some() { eprintln!("parse {t1:?} analyze {t2:?} build {t3:?}"); let n: usize = tree.files.iter().map(|f| f.1.len()).sum(); eprintln!("{n} bytes {} files", tree.files.len()); }
        else { for (p, b) in &tree.files { println!("==> {p}\n{}", String::from_utf8_lossy(b)); } }
    }
}
