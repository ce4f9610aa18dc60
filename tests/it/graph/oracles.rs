//! What programs that draw make of the pictures: Graphviz, Mermaid's own parser, and a browser.
//!
//! Ignored, as the other tests that ask programs; `.ci/run` runs them.

use super::{all, case, graphs};
use crate::fixture;
use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Stdio};
use xks_core::graph;

/// Runs a program on an input. What it prints, and what it complains of.
fn run(command: &mut Command, input: &str) -> (String, String) {
    let name = format!("{:?}", command.get_program());
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.unwrap_or_else(|error| panic!("this test asks {name}: {error}"));
    let mut stdin = child.stdin.take().expect("a pipe");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input.as_bytes()));
        child.wait_with_output().expect("it ends")
    });
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
#[ignore = "needs Graphviz"]
fn graphviz_places_every_node_and_edge() {
    for (name, graph) in all() {
        let (plain, complaints) = run(Command::new("dot").arg("-Tplain"), &graph::dot(&graph, &name));
        assert_eq!(complaints, "", "{name}");
        let count = |word: &str| plain.lines().filter(|line| line.starts_with(word)).count();
        let has_nodes = |at: usize| graph.nodes.iter().any(|node| node.group == at);
        let hollow = (0..graph.groups.len()).filter(|at| !has_nodes(*at)).count();
        assert_eq!(count("node "), graph.nodes.len() + hollow, "{name}");
        assert_eq!(count("edge "), graph.edges.len(), "{name}");
    }
}

#[test]
#[ignore = "needs Node and the npm package `mermaid`; .ci/run installs it"]
fn mermaid_reads_every_flowchart() {
    let modules =
        std::env::var_os("XKS_MERMAID").expect("XKS_MERMAID names a folder with the npm packages mermaid and jsdom");
    let texts: Vec<String> = all().into_iter().map(|(name, graph)| graph::mermaid(&graph, &name)).collect();
    let script = fixture::root().join("tests/oracles/mermaid.mjs");
    let (said, _) = run(Command::new("node").arg(script).arg(modules), &serde_json::to_string(&texts).expect("JSON"));
    let said: Vec<Value> = serde_json::from_str(&said).expect("JSON");
    assert_eq!(said.len(), texts.len());
    fixture::report(
        said.iter()
            .zip(&texts)
            .filter(|(said, _)| !said.is_null())
            .map(|(said, text)| format!("{said}\n{text}"))
            .collect(),
    );
}

/// Opens a page, runs scripts before and after its own, and gives what the last one reports.
fn browse(page: &str, address: &str, before: &str, after: &str) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let page = page.replace(graph::NONCE, "test");
    let start = page.rfind("<script nonce").expect("the program");
    let report = "document.body.dataset.report = JSON.stringify(report())";
    let failed = "window.addEventListener('error', (event) => { document.body.dataset.failed = event.message; });";
    let text = format!(
        "{}<script nonce=\"test\">{failed}{before}</script>{}<script nonce=\"test\">const report = () => {{ {after} }}; {report};</script>",
        &page[..start],
        page[start..].replace("</body>", "").replace("</html>", ""),
    );
    let path = folder.path().join("page.html");
    std::fs::write(&path, text).expect("a file");
    let (dom, _) = run(
        Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--dump-dom"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--window-size=1400,900", "--virtual-time-budget=3000"])
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .arg(format!("file://{}{address}", path.display())),
        "",
    );
    let failed = dom.find("data-failed=\"").map(|at| dom[at..].chars().take(200).collect::<String>());
    assert_eq!(failed, None, "a script failed");
    let at = dom.find("data-report=\"").expect("a report") + "data-report=\"".len();
    let value = &dom[at..at + dom[at..].find('"').expect("its end")];
    let value = value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&value).expect("JSON")
}

fn shop() -> graph::Graph {
    graphs(super::files(&fixture::root().join("examples/shop"), "generated")).pop().expect("an environment")
}

#[test]
#[ignore = "needs Chromium"]
fn browser_finds_every_text_inside_its_box() {
    let measure = "
        const outside = [];
        for (const box of document.querySelectorAll('#picture .node, #picture .reference, #picture .group')) {
            const rect = box.querySelector('rect').getBBox();
            for (const text of box.querySelectorAll('text')) {
                const own = text.getBBox();
                if (own.x < rect.x || own.x + own.width > rect.x + rect.width) outside.push(text.textContent);
            }
        }
        return { texts: document.querySelectorAll('#picture text').length, outside };";
    for graph in [
        shop(),
        case(&fixture::root().join("tests/graph/exposures")),
        case(&fixture::root().join("tests/graph/several-tenants")),
    ] {
        let report = browse(&graph::html(&graph, "texts"), "", "", measure);
        assert!(report["texts"].as_u64().is_some_and(|count| count > 20), "{report}");
        assert_eq!(report["outside"], serde_json::json!([]), "longer than it was taken to be");
    }
}

#[test]
#[ignore = "needs Chromium"]
fn browser_answers_clicks_keys_and_searches() {
    let page = graph::html(&shop(), "answers");
    let before = "window.acquireVsCodeApi = () => ({ postMessage: (message) => { window.posted = message; } });";
    let after = "
        const panel = () => document.getElementById('panel').textContent;
        const key = (key) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
        const click = (element) => element.dispatchEvent(new MouseEvent('click', { bubbles: true }));
        const said = { start: panel() };
        click(document.querySelector('#picture [data-node][aria-label=\"orders/api\"]'));
        said.node = panel();
        said.lit = document.querySelectorAll('#picture .node.lit').length;
        key('f');
        said.around = document.getElementById('focus').textContent;
        said.hidden = document.getElementById('stage').hidden;
        key('Escape');
        said.back = document.getElementById('stage').hidden;
        click([...document.querySelectorAll('#panel .row')].find((row) => row.textContent.includes('payments/api')));
        said.edge = panel();
        click(document.querySelector('#panel button.place'));
        said.posted = window.posted;
        key('Escape');
        said.cleared = panel() === said.start;
        const find = document.getElementById('find');
        find.value = 'bank';
        find.dispatchEvent(new Event('input'));
        said.found = panel();
        return said;";
    let said = browse(&page, "", before, after);
    let holds = |part: &str, text: &str| {
        assert!(said[part].as_str().is_some_and(|all| all.contains(text)), "{part}: {text}\n{said:#}")
    };
    holds("start", "The internet may reach");
    holds("node", "May be reached by");
    holds("node", "payments/webhook");
    assert!(said["lit"].as_u64().is_some_and(|count| count > 4), "{said:#}");
    holds("around", "webhook");
    assert_eq!((said["hidden"].as_bool(), said["back"].as_bool()), (Some(true), Some(false)));
    holds("edge", "allow api -> catalog/readers:http, payments/api:http");
    holds("edge", "export api:http to orders");
    assert_eq!(said["posted"]["type"], "open");
    assert_eq!(said["posted"]["file"], "tenants/orders/orders.xks");
    assert!(said["posted"]["line"].as_u64().is_some() && said["posted"]["column"].as_u64() == Some(1), "{said:#}");
    assert_eq!(said["cleared"], true);
    holds("found", "reconciliation runs in the office");
}

#[test]
#[ignore = "needs Chromium"]
fn browser_runs_nothing_that_a_workspace_says() {
    let graph = case(&fixture::root().join("tests/graph/hostile"));
    let after = "
        document.querySelectorAll('#picture [data-edge]').forEach((edge) => edge.dispatchEvent(new MouseEvent('click', { bubbles: true })));
        return { bold: document.querySelectorAll('b, script[src]').length, scripts: document.scripts.length, text: document.getElementById('panel').textContent };";
    let said =
        browse(&graph::html(&graph, "<img src=x onerror=alert(1)>"), "#edge=shop/web|shop > 203.0.113.1", "", after);
    assert_eq!((said["bold"].as_u64(), said["scripts"].as_u64()), (Some(0), Some(4)), "{said:#}");
    assert!(said["text"].as_str().is_some_and(|text| text.contains("because")), "{said:#}");
}
