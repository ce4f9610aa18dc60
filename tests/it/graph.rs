//! Pictures. `tests/graph/CASE/*.xks` is a workspace, `CASE/before/` an older state of it where there is one, and beside them
//! stand the picture in each format and the data of the page.

mod oracles;

use crate::{fixture, laws};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use xks_core::Options;
use xks_core::graph::layout::{Layout, Point, Rect, layout, metrics};
use xks_core::graph::{self, EdgeChange, Graph, PortSet, Side, State};

/// The files of a folder that end in `.xks` or `.yaml`, without those of one folder in it.
fn files(folder: &Path, without: &str) -> Vec<(String, String)> {
    let wanted = |path: &PathBuf| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        matches!(ending, Some("xks" | "yaml")) && !path.starts_with(folder.join(without))
    };
    let relative = |path: &Path| path.strip_prefix(folder).expect("below").to_string_lossy().replace('\\', "/");
    fixture::files(folder).into_iter().filter(wanted).map(|path| (relative(&path), fixture::read(&path))).collect()
}

/// The graph of every environment.
fn graphs(files: Vec<(String, String)>) -> Vec<Graph> {
    let fixture::Workspace { sources, analysis } = fixture::analyzed(files, &Options::default());
    let parsed = xks_core::parse(&sources);
    analysis.workspaces.iter().map(|workspace| graph::of(&sources, &parsed, workspace)).collect()
}

fn the_graph(files: Vec<(String, String)>) -> Graph {
    graphs(files).into_iter().next().expect("an environment")
}

/// The folders with a case.
fn cases() -> Vec<PathBuf> {
    let folder = fixture::root().join("tests/graph");
    let entries = std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut cases: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    cases.sort();
    assert!(cases.len() > 3, "only {} cases: has a folder moved?", cases.len());
    cases
}

/// The graph of a case, compared with its older state if there is one.
fn case(folder: &Path) -> Graph {
    let graph = the_graph(files(folder, "before"));
    let before = folder.join("before");
    if before.is_dir() { graph.since(&the_graph(files(&before, "")), "before") } else { graph }
}

/// Every graph there is to look at: the cases, the examples, and the workspaces of the golden tests.
fn all() -> Vec<(String, Graph)> {
    let mut all: Vec<(String, Graph)> =
        cases().into_iter().map(|path| (path.display().to_string(), case(&path))).collect();
    for (folder, output) in [("examples", "generated"), ("tests/golden", "expected")] {
        for entry in std::fs::read_dir(fixture::root().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                let graphs = graphs(files(&path, output));
                all.extend(graphs.into_iter().map(|graph| (path.display().to_string(), graph)));
            }
        }
    }
    all
}

/// The data of a page.
fn data(html: &str) -> &str {
    let start = html.find("id=\"data\">").expect("data") + "id=\"data\">".len();
    let length = html[start..].find("</script>").expect("its end");
    html[start..start + length].trim()
}

#[test]
fn every_case_looks_as_expected() {
    let mut complaints = Vec::new();
    for folder in cases() {
        let graph = case(&folder);
        let title = format!("The case `{}`", folder.file_name().expect("a name").to_string_lossy());
        let html = graph::html(&graph, &title);
        let outputs = [
            ("picture.svg", graph::svg(&graph, &title)),
            ("graph.dot", graph::dot(&graph, &title)),
            ("graph.mmd", graph::mermaid(&graph, &title)),
            ("data.json", format!("{}\n", data(&html))),
        ];
        complaints.extend(outputs.iter().filter_map(|(name, text)| fixture::expect(&folder.join(name), text).err()));
    }
    fixture::report(complaints);
}

#[test]
fn every_flow_of_the_model_is_in_the_graph() {
    let mut flows = 0;
    for (folder, output) in [("examples/shop", "generated"), ("examples/guide", "generated")] {
        let fixture::Workspace { sources, analysis } =
            fixture::analyzed(files(&fixture::root().join(folder), output), &Options::default());
        let parsed = xks_core::parse(&sources);
        for workspace in &analysis.workspaces {
            let graph = graph::of(&sources, &parsed, workspace);
            for flow in workspace.flows() {
                flows += 1;
                let source = sources.get(flow.origin.file);
                let place = (source.path.as_str(), source.position(flow.origin.start).0);
                let ports = PortSet::of(&flow.ports);
                let says = |opening: &graph::Opening| {
                    let statement = &graph.statements[opening.statement].place;
                    (statement.file.as_str(), statement.line) == place && opening.ports == ports
                };
                assert!(
                    graph.edges.iter().any(|edge| edge.openings.iter().any(says)),
                    "{folder}: no edge for {flow:?}"
                );
            }
        }
    }
    assert!(flows > 50, "only {flows} flows");
}

#[test]
fn the_order_of_files_changes_nothing() {
    for (folder, output) in [("examples/shop", "generated"), ("tests/graph/several-tenants", "expected")] {
        let mut files = files(&fixture::root().join(folder), output);
        let before: Vec<String> = graphs(files.clone()).iter().map(|graph| graph::html(graph, folder)).collect();
        files.reverse();
        let after: Vec<String> = graphs(files).iter().map(|graph| graph::html(graph, folder)).collect();
        assert_eq!(before, after, "{folder}");
    }
}

/// What stands where it should not.
fn clashes(graph: &Graph, layout: &Layout) -> Vec<String> {
    let mut clashes = Vec::new();
    let pairs = |rects: &[Rect]| {
        let all: Vec<(usize, usize)> =
            (0..rects.len()).flat_map(|a| (a + 1..rects.len()).map(move |b| (a, b))).collect();
        all.into_iter().filter(|&(a, b)| rects[a].overlaps(&rects[b])).collect::<Vec<_>>()
    };
    clashes.extend(pairs(&layout.groups).into_iter().map(|pair| format!("groups {pair:?} overlap")));
    let references: Vec<Rect> = layout.references.iter().map(|(_, rect)| *rect).collect();
    let boxes: Vec<Rect> = layout.nodes.iter().chain(&references).copied().collect();
    clashes.extend(pairs(&boxes).into_iter().map(|pair| format!("boxes {pair:?} overlap")));
    let homes = graph.nodes.iter().map(|node| node.group).chain(layout.references.iter().map(|(each, _)| each.group));
    for (rect, home) in boxes.iter().zip(homes) {
        if !layout.groups[home].holds(rect) {
            clashes.push(format!("{rect:?} is not in its group"));
        }
    }
    let page = Rect { at: Point { x: 0, y: 0 }, width: layout.width, height: layout.height };
    for (edge, line) in layout.lines.iter().enumerate().flat_map(|(at, lines)| lines.iter().map(move |line| (at, line)))
    {
        for part in line.windows(2) {
            let (a, b) = (part[0], part[1]);
            if a.x != b.x && a.y != b.y {
                clashes.push(format!("edge {edge} is slanted: {a:?} {b:?}"));
            }
            let at = Point { x: a.x.min(b.x), y: a.y.min(b.y) };
            let span = Rect { at, width: (a.x - b.x).abs(), height: (a.y - b.y).abs() };
            // One pixel more where it has none: a line without width overlaps nothing.
            let drawn = Rect { width: span.width.max(1), height: span.height.max(1), ..span };
            let inner = |rect: &Rect| Rect {
                at: Point { x: rect.at.x + 1, y: rect.at.y + 1 },
                width: rect.width - 2,
                height: rect.height - 2,
            };
            if let Some(rect) = boxes.iter().map(inner).find(|rect| drawn.overlaps(rect)) {
                clashes.push(format!("edge {edge} runs through {rect:?}: {a:?} {b:?}"));
            }
            if !page.holds(&span) {
                clashes.push(format!("edge {edge} leaves the page"));
            }
        }
    }
    let label = |arrival: &graph::layout::Arrival| {
        let width = metrics::mono(&arrival.label, metrics::SMALL);
        let at = Point { x: arrival.at.x - metrics::ARROW - 3 - width, y: arrival.at.y - 3 - metrics::SMALL };
        Rect { at, width, height: metrics::SMALL }
    };
    let labels: Vec<Rect> = layout.arrivals.iter().map(label).collect();
    clashes.extend(pairs(&labels).into_iter().map(|pair| format!("labels {pair:?} overlap")));
    for label in &labels {
        if let Some(rect) = boxes.iter().find(|rect| rect.overlaps(label)) {
            clashes.push(format!("a label lies over {rect:?}"));
        }
    }
    clashes
}

/// The room that the texts of a box take is not more than the box has.
fn cut_texts(graph: &Graph, layout: &Layout) -> Vec<String> {
    let fits = |(node, rect): (&graph::Node, &Rect)| {
        let name = metrics::mono(&metrics::shortened(&node.label, metrics::MOST_NAME), metrics::NAME);
        let detail = node.detail.as_deref().unwrap_or_default();
        let detail = metrics::sans(&metrics::shortened(detail, metrics::MOST_DETAIL), metrics::SMALL);
        let wide = metrics::SIGN + name.max(detail) <= rect.width;
        (!wide).then(|| format!("`{}` does not fit into {rect:?}", node.label))
    };
    graph.nodes.iter().zip(&layout.nodes).filter_map(fits).collect()
}

#[test]
fn nothing_lies_over_anything() {
    let mut complaints = Vec::new();
    for (name, graph) in all() {
        let layout = layout(&graph);
        assert!(layout.lines.iter().all(|lines| !lines.is_empty()), "{name}: an edge has no line");
        let found = clashes(&graph, &layout).into_iter().chain(cut_texts(&graph, &layout));
        complaints.extend(found.map(|clash| format!("{name}: {clash}")));
    }
    fixture::report(complaints);
}

#[test]
fn what_is_compared_with_itself_has_not_changed() {
    for (name, graph) in all().into_iter().filter(|(_, graph)| graph.since.is_none()) {
        let compared = graph.clone().since(&graph, "itself");
        assert!(compared.edges.iter().all(|edge| edge.change == EdgeChange::Same), "{name}");
        assert_eq!(Graph { since: None, ..compared }, graph, "{name}");
    }
}

#[test]
fn the_picture_of_one_tenant_keeps_all_its_lines() {
    let graph = graphs(files(&fixture::root().join("examples/shop"), "generated")).remove(0);
    for tenant in graph.tenants().into_iter().map(str::to_string).collect::<Vec<_>>() {
        let part = graph.clone().of_tenants(std::slice::from_ref(&tenant));
        let own = |graph: &Graph| {
            let touches = |node: usize| graph.groups[graph.nodes[node].group].key == tenant;
            let edges = graph.edges.iter().filter(|edge| touches(edge.from) || touches(edge.to));
            edges.map(|edge| graph.described(edge)).collect::<Vec<_>>()
        };
        assert_eq!(own(&part), own(&graph), "{tenant}");
        assert!(part.edges.len() < graph.edges.len() && !own(&part).is_empty(), "{tenant}");
    }
    assert_eq!(graph.clone().of_tenants(&[]), graph);
}

#[test]
fn a_half_opens_nothing() {
    let graph = case(&fixture::root().join("tests/graph/consent"));
    let states: BTreeMap<String, State> = graph
        .edges
        .iter()
        .map(|edge| {
            (format!("{} {}", graph.name(&graph.nodes[edge.from]), graph.name(&graph.nodes[edge.to])), edge.state)
        })
        .collect();
    assert_eq!(states["shop/web ledger/api"], State::Open);
    assert_eq!(states["shop/* ledger/api"], State::Consent, "`web` asks for it");
    assert_eq!(states["shop/job ledger/db"], State::HalfOpen, "nobody asks for it");
    assert_eq!(states["shop/web elsewhere/api"], State::Open, "both halves are written");
}

#[test]
fn what_a_workspace_says_stays_text() {
    let graph = case(&fixture::root().join("tests/graph/hostile"));
    let title = "</title><script>alert(1)</script>\u{0}__NONCE__";
    let html = graph::html(&graph, title);
    assert_eq!(html.matches("<script").count(), 2, "the data and the program");
    assert_eq!(html.matches("</script>").count(), 2);
    assert_eq!(html.matches(graph::NONCE).count(), 4, "the policy twice, the style and the program");
    assert!(!html.contains("<b>"), "nothing is taken for markup");
    let said = html.matches("{{script}}").count();
    assert!(
        said > 0 && html.matches("{{").count() == said,
        "a place of the page is filled once, and what is said stays"
    );
    let data: serde_json::Value = serde_json::from_str(data(&html)).expect("JSON");
    assert_eq!(data["statements"][0]["because"], "</script><b>x</b><!-- ]]> & &lt; -->");
    let svg = graph::svg(&graph, title);
    let read = roxmltree::Document::parse(&svg).expect("XML");
    let texts: Vec<&str> =
        read.descendants().filter(|node| node.has_tag_name("title")).filter_map(|node| node.text()).collect();
    assert!(texts.iter().any(|text| text.contains("</script><b>x</b><!-- ]]> & &lt; -->")), "{texts:?}");
}

#[test]
fn every_picture_is_xml() {
    for (name, graph) in all() {
        let svg = graph::svg(&graph, &name);
        let read = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{name}: {error}"));
        let count = |attribute: &str| read.descendants().filter(|node| node.has_attribute(attribute)).count();
        assert_eq!(count("data-node"), graph.nodes.len(), "{name}");
        assert_eq!(count("data-edge"), graph.edges.len(), "{name}");
    }
}

#[test]
fn what_is_too_large_for_mermaid_is_drawn_tenant_by_tenant() {
    let allows = |app: usize| (0..60).map(move |port| format!("allow a{app} -> b{port}:80\n"));
    let text: String = (0..10).flat_map(allows).collect();
    let graph = the_graph(vec![("shop.xks".to_string(), text)]);
    assert!(graph.edges.len() > 500);
    let mermaid = graph::mermaid(&graph, "many");
    assert!(mermaid.contains("tenants alone") && mermaid.len() < 50_000, "{mermaid}");
}

/// The open edges, as what they connect on which ports.
fn open(graph: &Graph) -> BTreeSet<(String, String, String)> {
    let open = graph.edges.iter().filter(|edge| edge.state == State::Open);
    open.map(|edge| {
        let key = |node: usize| graph.nodes[node].key.clone();
        (key(edge.from), key(edge.to), format!("{:?} {}", edge.path, edge.ports))
    })
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: fixture::cases(48), ..ProptestConfig::default() })]

    #[test]
    fn any_workspace_is_drawn_clearly(program in laws::programs()) {
        for graph in graphs(program.files(laws::Layout::Line)) {
            let layout = layout(&graph);
            prop_assert_eq!(clashes(&graph, &layout), Vec::<String>::new());
            prop_assert!(roxmltree::Document::parse(&graph::svg(&graph, "any")).is_ok());
        }
    }

    #[test]
    fn what_opened_one_way_closed_the_other(old in laws::programs(), new in laws::programs()) {
        let (old, new) = (the_graph(old.files(laws::Layout::Line)), the_graph(new.files(laws::Layout::Line)));
        let there = new.clone().since(&old, "old");
        let back = old.clone().since(&new, "new");
        let changed = |graph: &Graph, change: EdgeChange| -> BTreeSet<(String, String, Option<String>)> {
            let edges = graph.edges.iter().filter(|edge| edge.change == change);
            edges.map(|edge| (graph.nodes[edge.from].key.clone(), graph.nodes[edge.to].key.clone(), edge.path.clone())).collect()
        };
        prop_assert_eq!(changed(&there, EdgeChange::Opened), changed(&back, EdgeChange::Closed));
        prop_assert_eq!(changed(&there, EdgeChange::Closed), changed(&back, EdgeChange::Opened));
        if open(&old) == open(&new) {
            prop_assert!(there.edges.iter().all(|edge| edge.state != State::Open || !matches!(edge.change, EdgeChange::Opened | EdgeChange::Closed)));
        }
        prop_assert_eq!(clashes(&there, &layout(&there)), Vec::<String>::new());
    }
}

#[test]
fn sides_are_what_they_are_called() {
    let graph = case(&fixture::root().join("tests/graph/exposures"));
    for edge in &graph.edges {
        assert_ne!(graph.nodes[edge.from].side, Side::Destination, "{}", graph.line(edge));
        assert_ne!(graph.nodes[edge.to].side, Side::Source, "{}", graph.line(edge));
    }
}
