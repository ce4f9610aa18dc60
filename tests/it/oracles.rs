//! What programs that nobody here wrote say of the output: PyYAML, Go's YAML in `kubectl`, kustomize, the JSON schemas of
//! Kubernetes, cert-manager and SARIF.
//!
//! No string is an exception: every reader here gives back each hazard as it is, U+0000 too, as a value and as a key.
//!
//! Those that need Python packages or `kubectl` are ignored, so that `cargo test` runs wherever there is Rust. `.ci/run`
//! installs the packages and runs the tests; by hand, `cargo test -- --ignored oracles` does. An ignored test that is run
//! and lacks its program fails.

mod api_server;
mod schemas;

use crate::fixture;
use serde_json::{Value, json};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use xks_core::emit::{Format, OutputTree};
use xks_core::k8s::yaml;
use xks_core::{Options, build};

/// Strings that some reader of YAML takes for something else.
fn hazards() -> Vec<String> {
    let mut hazards: Vec<String> =
        serde_json::from_str(&fixture::read(&fixture::root().join("tests/data/hazards.json"))).expect("strings");
    // Every character that is alone in its kind, at both ends of a string and inside.
    for c in (0..=0xa0)
        .chain([
            0xad, 0x378, 0x1680, 0x200b, 0x200d, 0x202e, 0xd7ff, 0xe000, 0xfdd0, 0xfffd, 0xffff, 0x1_0000, 0x1_f600,
            0x10_ffff,
        ])
        .filter_map(char::from_u32)
    {
        hazards.extend([c.to_string(), format!("{c}a"), format!("a{c}"), format!("a{c}b"), format!("a {c} b")]);
    }
    hazards.sort();
    hazards.dedup();
    hazards
}

/// A string, list or mapping, written as the fields of objects are.
struct Json<'a>(&'a Value);

impl yaml::Yaml for Json<'_> {
    fn write(&self, at: yaml::At, indent: usize, out: &mut Vec<u8>) {
        match self.0 {
            Value::String(text) => SmolStr::new(text).write(at, indent, out),
            Value::Array(items) => items.iter().map(Json).collect::<Vec<_>>().write(at, indent, out),
            Value::Object(entries) => {
                let mut mapping = yaml::Mapping::new(at, indent);
                entries.iter().for_each(|(key, value)| mapping.entry(key, &Json(value), out));
                mapping.end(out);
            }
            other => panic!("no hazard is {other}"),
        }
    }
}

fn text_of(value: &Value) -> String {
    let mut bytes = Vec::new();
    yaml::document(&Json(value), &mut bytes);
    String::from_utf8(bytes).expect("YAML is UTF-8")
}

/// Each hazard as a value, as an item and as a key, and what a reader should make of it.
fn hazardous() -> Vec<(String, Value)> {
    let documents = hazards().into_iter().flat_map(|hazard| {
        let key = |key: &str| Value::Object([(key.to_string(), json!("v"))].into_iter().collect());
        [
            json!({ "v": hazard }),
            json!({ "v": [hazard, [hazard], { "w": hazard }] }),
            key(&hazard),
            json!({ "v": key(&hazard) }),
            json!([key(&hazard)]),
        ]
    });
    documents.map(|document| (text_of(&document), document)).collect()
}

/// The workspaces of `examples/` and `tests/golden/`: their folder, the built YAML and the built JSON.
fn trees() -> Vec<(PathBuf, OutputTree, OutputTree)> {
    let mut trees = Vec::new();
    for (folder, written) in [("examples", "generated"), ("tests/golden", "expected")] {
        let entries = std::fs::read_dir(fixture::root().join(folder)).expect("a folder");
        let mut cases: Vec<PathBuf> =
            entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()).collect();
        cases.sort();
        for case in cases {
            let relative = |path: &Path| {
                path.strip_prefix(&case).expect("a path below its case").to_string_lossy().replace('\\', "/")
            };
            let files = fixture::files(&case).into_iter().filter(|path| !path.starts_with(case.join(written)));
            let files = files.map(|path| (relative(&path), fixture::read(&path))).collect();
            let workspace = fixture::analyzed(files, &Options::default());
            let checked =
                workspace.analysis.checked().unwrap_or_else(|| panic!("{}\n{}", case.display(), workspace.rendered()));
            let [yaml, json] = [Format::Yaml, Format::Json]
                .map(|format| build(&workspace.sources, &checked, None, format).expect("a proved build"));
            trees.push((case, yaml, json));
        }
    }
    assert!(trees.len() > 10, "only {} workspaces: has a folder moved?", trees.len());
    trees
}

/// The objects of a tree that was built as JSON.
fn objects(tree: &OutputTree) -> Vec<Value> {
    let lists = tree.files.iter().filter(|(path, _)| path.ends_with(".json"));
    lists.flat_map(|(_, bytes)| items(&serde_json::from_slice(bytes).expect("JSON"))).collect()
}

fn items(list: &Value) -> Vec<Value> {
    list["items"].as_array().expect("a list").clone()
}

/// Runs a program on an input; its output and what it complains of.
fn run<I: AsRef<OsStr>>(
    program: &Path,
    arguments: impl IntoIterator<Item = I>,
    input: &[u8],
) -> Result<Vec<u8>, String> {
    let command = format!("{}", program.display());
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{command}: {error}"))?;
    let mut stdin = child.stdin.take().expect("a pipe");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input)); // it may end without having read all
        child.wait_with_output()
    });
    let output = output.map_err(|error| format!("{command}: {error}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("{command}: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

#[test]
fn hazards_are_strings_for_serde_saphyr() {
    let complaints =
        hazardous().into_iter().filter_map(|(text, expected)| match serde_saphyr::from_str::<Value>(&text) {
            Ok(read) if read == expected => None,
            read => Some(format!("{text}is not {expected} but {read:?}")),
        });
    fixture::report(complaints.collect());
}

/// Tests that need the packages of `tests/oracles/requirements.txt`.
mod python {
    use super::*;
    use crate::{k8s, laws};

    /// What a script of `tests/oracles` answers.
    fn ask(script: &str, arguments: &[&str], input: &Value) -> Value {
        let python = std::env::var_os("XKS_PYTHON")
            .map_or_else(|| fixture::root().join("target/oracles/bin/python"), PathBuf::from);
        let arguments = [fixture::root().join("tests/oracles").join(script).into_os_string()]
            .into_iter()
            .chain(arguments.iter().map(Into::into));
        let answer = run(&python, arguments, input.to_string().as_bytes()).unwrap_or_else(|error| {
            panic!("{error}\nThis test asks Python packages: `.ci/run` installs them into target/oracles, or name an interpreter that has the packages of tests/oracles/requirements.txt in XKS_PYTHON.")
        });
        serde_json::from_slice(&answer).expect("JSON")
    }

    fn report(answer: Value) {
        fixture::report(serde_json::from_value(answer).expect("complaints"));
    }

    #[test]
    #[ignore = "needs Python packages; .ci/run installs them"]
    fn hazards_are_strings_for_pyyaml() {
        let (texts, expected): (Vec<String>, Vec<Value>) = hazardous().into_iter().unzip();
        let read = ask("read_yaml.py", &[], &json!(texts));
        let read = read.as_array().expect("a list");
        assert_eq!(read.len(), expected.len());
        let complaints = texts.iter().zip(read).zip(expected).filter_map(|((text, read), expected)| {
            (*read != json!({ "documents": [expected] })).then(|| format!("{text}is not {expected} but {read}"))
        });
        fixture::report(complaints.collect());
    }

    #[test]
    #[ignore = "needs Python packages; .ci/run installs them"]
    fn each_yaml_file_says_what_its_json_says() {
        let mut texts = Vec::new();
        let mut expected = Vec::new();
        for (case, yaml, json) in trees() {
            let json: BTreeMap<&str, &[u8]> =
                json.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
            assert_eq!(yaml.files.len(), json.len(), "{}: as many files in both formats", case.display());
            for (path, bytes) in &yaml.files {
                let Some(bytes_of_json) = json.get(path.replace(".yaml", ".json").as_str()) else {
                    // Hand-written files and those for kustomize are YAML in both.
                    assert!(json.contains_key(path.as_str()), "{}: no {path} in JSON", case.display());
                    continue;
                };
                texts.push(String::from_utf8(bytes.clone()).expect("UTF-8"));
                expected.push((case.join(path), items(&serde_json::from_slice(bytes_of_json).expect("JSON"))));
            }
        }
        let read = ask("read_yaml.py", &[], &json!(texts));
        let read = read.as_array().expect("a list").iter().zip(&expected);
        let wrong = read.filter(|(read, (_, expected))| **read != json!({ "documents": expected }));
        let complaints =
            wrong.map(|(read, (path, expected))| format!("{}\nis {read}\nnot {}", path.display(), json!(expected)));
        fixture::report(complaints.collect());
    }

    /// The oldest version that is still maintained somewhere, and the newest that forbids what older ones let pass.
    const VERSIONS: &[&str] = &["1.31", "1.36"];

    #[test]
    #[ignore = "needs Python packages; .ci/run installs them"]
    fn every_object_is_valid_for_kubernetes_and_cert_manager() {
        let mut all: BTreeMap<String, Value> = BTreeMap::new();
        let mut add = |object: Value| all.insert(object.to_string(), object);
        for object in k8s::maximal() {
            add(serde_json::to_value(object).expect("JSON"));
        }
        for (_, _, tree) in trees() {
            objects(&tree).into_iter().for_each(|object| drop(add(object)));
        }
        for program in laws::samples(30) {
            let files = laws::built(program.files(laws::Layout::Line), Format::Json).expect("a sound workspace");
            objects(&OutputTree { files }).into_iter().for_each(|object| drop(add(object)));
        }
        let kinds: Vec<&str> = all.values().filter_map(|object| object["kind"].as_str()).collect();
        for kind in ["NetworkPolicy", "Ingress", "Service", "Endpoints", "EndpointSlice", "Certificate"] {
            assert!(kinds.iter().filter(|found| **found == kind).count() > 1, "no {kind} is written");
        }
        report(ask("validate.py", VERSIONS, &json!(all.values().collect::<Vec<_>>())));
    }

    #[test]
    #[ignore = "needs Python packages; .ci/run installs them"]
    fn a_wrong_object_is_not_valid() {
        for object in k8s::maximal() {
            let object = serde_json::to_value(object).expect("JSON");
            let mut broken = Vec::new();
            for (parent, field) in [
                ("/metadata", "nmae"),
                ("", "specs"),
                ("/spec", "dnsName"),
                ("/subsets/0", "adresses"),
                ("/endpoints/0", "adresses"),
            ] {
                let mut misspelt = object.clone();
                if let Some(parent) = misspelt.pointer_mut(parent).and_then(Value::as_object_mut) {
                    parent.insert(field.to_string(), json!("x"));
                    broken.push(misspelt);
                }
            }
            assert!(broken.len() > 2);
            let mut number = object.clone();
            number["metadata"]["annotations"]["a"] = json!(10);
            broken.push(number);
            for broken in broken {
                let answer = ask("validate.py", VERSIONS, &json!([broken]));
                assert!(answer.as_array().is_some_and(|complaints| !complaints.is_empty()), "passes: {broken:#}");
            }
        }
    }

    /// Runs `xks check --format sarif` on a workspace.
    fn sarif(workspace: &fixture::Workspace) -> Value {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("zwei W\u{f6}rter & 100%");
        std::fs::create_dir(&root).expect("a folder");
        for file in workspace.sources.files() {
            let path = root.join(&file.path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, &file.text).expect("a file");
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_xks"));
        let output = command
            .args(["check", "--format", "sarif", "--today", "2026-01-31"])
            .arg(&root)
            .output()
            .expect("xks runs");
        assert!(
            matches!(output.status.code(), Some(0 | 1)),
            "{}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    #[test]
    #[ignore = "needs Python packages; .ci/run installs them"]
    fn sarif_is_valid() {
        let cases = fixture::files(&fixture::root().join("tests/ui"))
            .into_iter()
            .filter(|path| path.extension().is_some_and(|ending| ending == "xks"));
        let mut logs = serde_json::Map::new();
        let mut results = 0;
        for case in cases {
            let log = sarif(&fixture::workspace(&fixture::read(&case)));
            results += log["runs"][0]["results"].as_array().map_or(0, Vec::len);
            logs.insert(case.display().to_string(), log);
        }
        let files = vec![(
            "a b/\u{e9} #?.xks".to_string(),
            "\u{feff}allow \u{1f600} -> ???\r\nallow a -> team/b\r".to_string(),
        )];
        logs.insert("odd names".to_string(), sarif(&fixture::analyzed(files, &Options::default())));
        logs.insert("nothing".to_string(), sarif(&fixture::workspace("")));
        assert!(results >= logs.len(), "{results} results in {} logs", logs.len());
        report(ask("sarif.py", &[], &Value::Object(logs)));
    }

    #[test]
    #[ignore = "needs Python packages; .ci/run installs them"]
    fn wrong_sarif_is_not_valid() {
        let mut log = sarif(&fixture::workspace("allow a"));
        let mut broken = serde_json::Map::new();
        log["runs"][0]["results"][0]["lokations"] = json!([]);
        broken.insert("field".to_string(), log.clone());
        let mut log = sarif(&fixture::workspace("allow a"));
        log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = json!("a b");
        broken.insert("uri".to_string(), log);
        let answer = ask("sarif.py", &[], &Value::Object(broken));
        assert_eq!(answer.as_array().map(Vec::len), Some(2), "{answer:#}");
    }
}

/// Tests that need `kubectl`.
mod kubectl {
    use super::*;

    fn kubectl<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>, input: &[u8]) -> Result<Vec<u8>, String> {
        let program = std::env::var_os("XKS_KUBECTL").map_or_else(|| PathBuf::from("kubectl"), PathBuf::from);
        if Command::new(&program).args(["version", "--client"]).output().is_err() {
            panic!(
                "{} cannot be run. This test asks kubectl: put it into PATH or name it in XKS_KUBECTL.",
                program.display()
            );
        }
        run(&program, arguments, input)
    }

    #[test]
    #[ignore = "needs kubectl"]
    fn hazards_are_strings_for_kubectl() {
        let hazards = hazards();
        let map =
            |data: Value| json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "h" }, "data": data });
        let documents = |object: &dyn Fn(&str) -> Value| -> (String, Vec<Value>) {
            let objects: Vec<Value> = hazards.iter().map(|hazard| map(object(hazard))).collect();
            (objects.iter().map(|object| format!("---\n{}", text_of(object))).collect(), objects)
        };
        let as_value = documents(&|hazard| json!({ "v": hazard }));
        let as_key = documents(&|hazard| Value::Object([(hazard.to_string(), json!("v"))].into_iter().collect()));
        for (text, objects) in [as_value, as_key] {
            let answer = kubectl(["label", "--local", "-f", "-", "zz=zz", "-o", "json"], text.as_bytes())
                .unwrap_or_else(|error| panic!("{error}"));
            let read: Vec<Value> =
                serde_json::Deserializer::from_slice(&answer).into_iter().map(|object| object.expect("JSON")).collect();
            assert_eq!(read.len(), objects.len());
            let complaints = read.iter().zip(&objects).filter(|(read, object)| read["data"] != object["data"]);
            fixture::report(
                complaints
                    .map(|(read, object)| format!("{}is not {} but {}", text_of(object), object["data"], read["data"]))
                    .collect(),
            );
        }
    }

    /// Writes a tree, and gives the folders in it that kustomize reads.
    fn write(tree: &OutputTree, root: &Path) -> Vec<PathBuf> {
        for (path, bytes) in &tree.files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, bytes).expect("a file");
        }
        let folders = tree.files.iter().filter_map(|(path, _)| path.strip_suffix("/kustomization.yaml"));
        folders.map(|folder| root.join(folder)).collect()
    }

    fn is_component(folder: &Path) -> bool {
        folder.ends_with("mesh") && fixture::read(&folder.join("kustomization.yaml")).contains("kind: Component")
    }

    #[test]
    #[ignore = "needs kubectl"]
    fn kustomize_takes_every_folder_in_both_formats() {
        let mut complaints = Vec::new();
        for (case, yaml, json) in trees() {
            let mut answers = [yaml, json].map(|tree| {
                let folder = tempfile::tempdir().expect("a folder");
                let folders = write(&tree, folder.path());
                let folders = folders.into_iter().filter(|folder| !is_component(folder));
                let answers: Vec<(PathBuf, Result<Vec<u8>, String>)> = folders
                    .map(|inner| {
                        (
                            inner.strip_prefix(folder.path()).expect("below").to_path_buf(),
                            kubectl([OsStr::new("kustomize"), inner.as_os_str()], b""),
                        )
                    })
                    .collect();
                answers
            });
            let json = std::mem::take(&mut answers[1]);
            for ((folder, yaml), (_, json)) in answers[0].iter().zip(json) {
                match (yaml, json) {
                    (Ok(yaml), Ok(json)) if *yaml == json => {}
                    (Ok(_), Ok(_)) => {
                        complaints.push(format!("{}: YAML and JSON differ for kustomize", case.join(folder).display()))
                    }
                    (yaml, json) => complaints.extend(
                        [yaml.clone(), json]
                            .into_iter()
                            .filter_map(Result::err)
                            .map(|error| format!("{}: {error}", case.join(folder).display())),
                    ),
                }
            }
        }
        fixture::report(complaints);
    }

    /// The annotation belongs on the pod template: on the workload itself the injector does not see it.
    #[test]
    #[ignore = "needs kubectl"]
    fn the_mesh_component_annotates_pod_templates_only() {
        let mut components = 0;
        for (case, yaml, _) in trees() {
            let folder = tempfile::tempdir().expect("a folder");
            for component in write(&yaml, folder.path()).into_iter().filter(|folder| is_component(folder)) {
                components += 1;
                let patch = fixture::read(&component.join("kustomization.yaml"));
                let mut named: Vec<&str> =
                    patch.lines().filter_map(|line| line.trim().strip_prefix("name: ^")?.strip_suffix('$')).collect();
                named.dedup();
                let mut names = if named.is_empty() { vec!["some"] } else { named.clone() };
                names.push("outside");
                let mut workloads = String::new();
                for name in &names {
                    for kind in ["Deployment", "StatefulSet", "DaemonSet"] {
                        workloads.push_str(&format!("---\napiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{template: {{metadata: {{labels: {{app: {name}}}}}}}}}\n"));
                    }
                }
                let app = folder.path().join("app");
                std::fs::create_dir_all(&app).expect("a folder");
                std::fs::write(app.join("workloads.yaml"), workloads).expect("a file");
                let relative = component.strip_prefix(folder.path()).expect("below").display().to_string();
                std::fs::write(
                    app.join("kustomization.yaml"),
                    format!("resources: [workloads.yaml]\ncomponents: [../{relative}]\n"),
                )
                .expect("a file");
                let answer = kubectl([OsStr::new("kustomize"), app.as_os_str()], b"")
                    .unwrap_or_else(|error| panic!("{}: {error}", case.display()));
                let documents: Vec<Value> =
                    serde_saphyr::from_multiple(&String::from_utf8_lossy(&answer)).expect("YAML");
                assert_eq!(documents.len(), 3 * names.len());
                for workload in documents {
                    let name = workload["metadata"]["name"].as_str().expect("a name");
                    let meshed = named.is_empty() || named.contains(&name);
                    assert_eq!(workload["metadata"].get("annotations"), None, "{}: {workload:#}", case.display());
                    let expected = meshed.then(|| json!({ "linkerd.io/inject": "enabled" }));
                    assert_eq!(
                        workload["spec"]["template"]["metadata"].get("annotations"),
                        expected.as_ref(),
                        "{}: {workload:#}",
                        case.display()
                    );
                    assert_eq!(workload["spec"]["template"]["metadata"]["labels"], json!({ "app": name }));
                }
            }
        }
        assert!(components > 1, "no golden tree has a mesh component");
    }
}
