//! A real API server, kube-apiserver with an etcd, on loopback: `tests/oracles/kubernetes/build.sh FOLDER` builds it, and
//! `tests/oracles/kubernetes/with.sh FOLDER cargo test -- --ignored oracles::api_server` runs these tests beside it. It is asked
//! through `kubectl proxy`, over plain HTTP.

use super::schemas;
use crate::fixture;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use xks_core::emit::Format;
use xks_core::validate::{self, Effect};
use xks_core::yaml;

/// A connection to the API server.
struct Server {
    stream: BufReader<TcpStream>,
}

impl Server {
    fn new() -> Server {
        let address = std::env::var("XKS_API_SERVER").expect("XKS_API_SERVER names the address of an API server");
        Server { stream: BufReader::new(TcpStream::connect(address).expect("an API server that listens")) }
    }

    /// Sends a request: the status and what came back.
    fn ask(&mut self, method: &str, path: &str, body: &str) -> (u16, String) {
        let stream = self.stream.get_mut();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("a request is sent");
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("a status");
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
        let (mut length, mut chunked) = (0, false);
        loop {
            let mut header = String::new();
            self.stream.read_line(&mut header).expect("a header");
            let header = header.trim().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or_default();
            }
            chunked |= header == "transfer-encoding: chunked";
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                let mut size = String::new();
                self.stream.read_line(&mut size).expect("the size of a chunk");
                let size = usize::from_str_radix(size.trim(), 16).expect("a size");
                let mut chunk = vec![0; size + 2];
                self.stream.read_exact(&mut chunk).expect("a chunk");
                if size == 0 {
                    break;
                }
                body.extend_from_slice(&chunk[..size]);
            }
        } else {
            body.resize(length, 0);
            self.stream.read_exact(&mut body).expect("a body");
        }
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    /// Whether it would take an object, applied strictly; where not, what it says.
    fn takes(&mut self, object: &Value, text: &str) -> Result<(), String> {
        let version = object["apiVersion"].as_str().unwrap_or_default();
        let kind = object["kind"].as_str().unwrap_or_default().to_ascii_lowercase();
        let plural = match kind.strip_suffix('y') {
            Some(start) => format!("{start}ies"),
            None if kind.ends_with('s') && kind != "endpoints" => format!("{kind}es"),
            None if kind == "endpoints" => kind,
            None => format!("{kind}s"),
        };
        let base = if version.contains('/') { "apis" } else { "api" };
        let path = format!("/{base}/{version}/namespaces/oracle/{plural}?dryRun=All&fieldValidation=Strict");
        let (status, body) = self.ask("POST", &path, text);
        match status {
            200..=299 => Ok(()),
            400 | 413 | 422 => {
                let answer: Value = serde_json::from_str(&body).unwrap_or_default();
                Err(answer["message"].as_str().unwrap_or(&body).to_string())
            }
            other => panic!("{path} is answered with {other}: {body}\n{text}"),
        }
    }
}

#[test]
#[ignore = "asks an API server"]
fn the_table_of_schemas_is_what_the_api_server_serves() {
    let mut server = Server::new();
    let documents: Vec<Value> = schemas::DOCUMENTS
        .iter()
        .map(|name| {
            let (status, body) = server.ask("GET", &format!("/openapi/v3/{name}"), "");
            assert_eq!(status, 200, "{name}: {body}");
            serde_json::from_str(&body).expect("JSON")
        })
        .collect();
    let path = fixture::root().join("crates/kubernetes/src/validate/schemas.txt");
    fixture::report(fixture::expect(&path, &schemas::table(&documents)).err().into_iter().collect());
}

/// Objects that the API server takes, which use many fields.
fn samples() -> Vec<Value> {
    let text = fixture::read(&fixture::root().join("tests/data/objects.yaml"));
    let samples = yaml::values(&text).expect("YAML");
    assert!(samples.len() > 20, "only {} samples", samples.len());
    samples
}

/// What the validator says of an object that is applied strictly.
fn refused(text: &str) -> Option<String> {
    let (documents, unreadable) = yaml::documents(text, 1);
    if let Some(unreadable) = unreadable {
        return Some(unreadable.to_string());
    }
    let findings = documents.iter().flat_map(validate::object).filter(|finding| finding.effect != Effect::Ignored);
    // Server-side apply refuses items of one key, and so does the validator; what is created is not applied.
    let findings: Vec<String> =
        findings.map(|finding| finding.to_string()).filter(|why| !why.ends_with("as one before it")).collect();
    (!findings.is_empty()).then(|| findings.join("; "))
}

#[test]
#[ignore = "asks an API server"]
fn the_api_server_takes_the_samples_and_so_does_the_validator() {
    let mut server = Server::new();
    let mut complaints = Vec::new();
    for sample in samples() {
        let text = sample.to_string();
        let kind = &sample["kind"];
        complaints
            .extend(server.takes(&sample, &text).err().map(|why| format!("the API server refuses {kind}: {why}")));
        complaints.extend(refused(&text).map(|why| format!("the validator refuses {kind}: {why}")));
    }
    fixture::report(complaints);
}

/// Numbers that look random and are the same in each run (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % limit.max(1) as u64) as usize
    }
}

/// The paths of all values in an object.
fn paths(value: &Value, at: &str, out: &mut Vec<String>) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let path = format!("{at}/{}", escaped(key));
                out.push(path.clone());
                paths(value, &path, out);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                let path = format!("{at}/{index}");
                out.push(path.clone());
                paths(value, &path, out);
            }
        }
        _ => {}
    }
}

/// What a value may become, by its type.
fn others(value: &Value, chance: &mut Chance) -> Value {
    let texts = [
        "",
        "a",
        "a b",
        "A",
        "-a",
        "80",
        "50%",
        "-1",
        "1Gi",
        "1 Gi",
        "10.0.0.1",
        "10.0.0.1/8",
        "10.0.0.0/8",
        "::1",
        "true",
        "None",
        "TCP",
        "tcp",
        "Always",
        "example.com/a",
        "a.b.c",
        "a_b",
        "/a",
        "/a/../b",
        "a=b",
        "*.example.com",
        "http",
        "127.0.0.1",
        "2026-01-31T12:00:00Z",
        "YQ==",
        "🙂",
    ];
    let numbers = [
        json!(0),
        json!(-1),
        json!(1),
        json!(101),
        json!(65535),
        json!(65536),
        json!(1.5),
        json!(1_099_511_627_776_i64),
    ];
    let long = "a".repeat([64, 254, 300][chance.below(3)]);
    match chance.below(10) {
        0..=3 => Value::String(texts[chance.below(texts.len())].to_string()),
        4 => Value::String(long),
        5..=6 => numbers[chance.below(numbers.len())].clone(),
        7 => Value::Bool(chance.below(2) == 0),
        8 if value.is_object() => json!([]),
        8 => json!({}),
        _ if value.is_array() => json!({"a": "b"}),
        _ => json!(["a"]),
    }
}

/// Alters an object in one place: what was done, in words, and where.
fn alter(object: &mut Value, chance: &mut Chance) -> Option<(&'static str, String)> {
    let mut all = Vec::new();
    paths(object, "", &mut all);
    all.retain(|path| path != "/kind" && path != "/apiVersion" && path != "/metadata/namespace");
    let path = all[chance.below(all.len())].clone();
    let (parent, last) = path.rsplit_once('/')?;
    let last = last.replace("~1", "/").replace("~0", "~");
    let done = match chance.below(8) {
        0..=3 => {
            let value = object.pointer(&path)?.clone();
            *object.pointer_mut(&path)? = others(&value, chance);
            "another value"
        }
        4 => {
            *object.pointer_mut(&path)? = Value::Null;
            "null"
        }
        5 => {
            match object.pointer_mut(parent)? {
                Value::Object(fields) => drop(fields.shift_remove(&last)),
                Value::Array(items) => drop(items.remove(last.parse().ok()?)),
                _ => return None,
            }
            "removed"
        }
        6 => match object.pointer_mut(parent)? {
            Value::Object(fields) => {
                let value = fields.shift_remove(&last)?;
                let name = [format!("{last}s"), last.to_ascii_uppercase(), format!("x{last}"), format!("{last} ")];
                fields.insert(name[chance.below(4)].clone(), value);
                "renamed"
            }
            Value::Array(items) => {
                let item = items[last.parse::<usize>().ok()?].clone();
                items.push(item);
                "twice"
            }
            _ => return None,
        },
        _ => {
            let fields: &mut Map<String, Value> = object.pointer_mut(&path)?.as_object_mut()?;
            fields.insert("further".to_string(), json!("a"));
            "a further field"
        }
    };
    Some((done, path))
}

/// Kinds of which all is refused that the API server refuses by the object alone.
const WHOLE: &[&str] = &[
    "NetworkPolicy",
    "Ingress",
    "Service",
    "Endpoints",
    "EndpointSlice",
    "Certificate",
    "ConfigMap",
    "ServiceAccount",
    "PodDisruptionBudget",
];

/// A path without what tells items apart.
fn general(path: &str) -> String {
    path.split('/').map(|part| if part.parse::<usize>().is_ok() { "N" } else { part }).collect::<Vec<_>>().join("/")
}

#[test]
#[ignore = "asks an API server"]
fn the_validator_agrees_with_the_api_server_on_altered_objects() {
    let count = std::env::var("XKS_ALTERED").ok().and_then(|count| count.parse().ok()).unwrap_or(6000);
    let seed = std::env::var("XKS_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20261129);
    let (samples, mut server, mut chance) = (samples(), Server::new(), Chance(seed));
    let (mut refused_by_it, mut missed, mut stricter) = (0, BTreeMap::new(), BTreeMap::new());
    let (mut missed_whole, mut missed_count) = (0, 0);
    for round in 0..count {
        let mut object = samples[round % samples.len()].clone();
        let Some((done, path)) = alter(&mut object, &mut chance) else { continue };
        let (text, kind) = (object.to_string(), object["kind"].as_str().unwrap_or_default().to_string());
        let value = object.pointer(&path).map(|value| value.to_string().chars().take(60).collect::<String>());
        let key = format!("{kind} {} {done}", general(&path));
        match (server.takes(&object, &text), refused(&text)) {
            (Ok(()), None) => {}
            (Err(_), Some(_)) => refused_by_it += 1,
            (Err(why), None) => {
                refused_by_it += 1;
                missed_count += 1;
                missed_whole += usize::from(WHOLE.contains(&kind.as_str()));
                missed.entry(key).or_insert_with(|| format!("{value:?}: {why}"));
            }
            (Ok(()), Some(why)) => drop(stricter.entry(key).or_insert_with(|| format!("{value:?}: {why}"))),
        }
    }
    let mut report =
        format!("{count} objects, {refused_by_it} refused by the API server, {missed_count} of them missed\n");
    missed.iter().for_each(|(key, why)| writeln!(report, "missed: {key}: {why}").unwrap());
    stricter.iter().for_each(|(key, why)| writeln!(report, "stricter: {key}: {why}").unwrap());
    println!("{report}");
    assert!(refused_by_it > count / 4, "too little is refused\n{report}");
    assert_eq!(missed_whole, 0, "of a kind that is written\n{report}");
    assert!(missed_count * 20 <= refused_by_it, "more than one in twenty is missed\n{report}");
    assert!(stricter.is_empty(), "the validator refuses what the API server takes\n{report}");
}

/// Runs kubectl, and fails where it fails.
fn kubectl(arguments: &[&str]) -> (String, String) {
    let config = std::env::var("XKS_KUBECONFIG").expect("XKS_KUBECONFIG names a kubeconfig");
    let program = std::env::var_os("XKS_KUBECTL").unwrap_or_else(|| "kubectl".into());
    let output = std::process::Command::new(program)
        .args(["--kubeconfig", &config])
        .args(arguments)
        .output()
        .expect("kubectl can be run");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "kubectl {arguments:?}: {}", text(&output.stderr));
    (text(&output.stdout), text(&output.stderr))
}

/// Folders with a kustomization that is applied, and the namespaces in it.
fn kustomizations(root: &Path) -> Vec<(PathBuf, Vec<String>)> {
    let files = fixture::files(root);
    let mut folders: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "yaml")) {
        let folder = path.parent().expect("a folder").to_path_buf();
        if !folder.join("kustomization.yaml").is_file() {
            continue;
        }
        for object in yaml::values(&fixture::read(path)).expect("YAML") {
            let is_component = object["kind"] == "Component";
            if let Some(namespace) =
                object.pointer("/metadata/namespace").and_then(Value::as_str).filter(|_| !is_component)
            {
                folders.entry(folder.clone()).or_default().insert(namespace.to_string());
            }
        }
    }
    folders.into_iter().map(|(folder, namespaces)| (folder, namespaces.into_iter().collect())).collect()
}

fn create_namespaces<'a>(names: impl IntoIterator<Item = &'a String>) {
    let names: BTreeSet<&String> = names.into_iter().collect();
    let objects: Vec<Value> =
        names.iter().map(|name| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("namespaces.json");
    std::fs::write(&path, json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string()).expect("a file");
    kubectl(&["apply", "--server-side", "-f", &path.display().to_string()]);
}

/// What kubectl warns of, but of Endpoints where the platform states no version of Kubernetes.
fn warnings(stderr: &str) -> Vec<String> {
    let lines =
        stderr.lines().filter(|line| line.starts_with("Warning:") && !line.contains("v1 Endpoints is deprecated"));
    lines.map(str::to_string).collect()
}

#[test]
#[ignore = "asks an API server"]
fn all_that_is_written_is_applied_without_a_warning() {
    let root = fixture::root();
    let mut all: Vec<(PathBuf, Vec<String>)> = Vec::new();
    for folder in ["tests/golden", "examples"] {
        all.extend(kustomizations(&root.join(folder)));
    }
    // What the sound cases of the compiler's findings become.
    let built = tempfile::tempdir().expect("a folder");
    for (at, path) in fixture::files(&root.join("tests/ui")).iter().enumerate() {
        if path.extension().is_none_or(|ending| ending != "xks") {
            continue;
        }
        let workspace = fixture::workspace(&fixture::read(path));
        let Some(checked) = workspace.analysis.checked() else { continue };
        let tree = xks_core::build(&workspace.sources, &checked, None, Format::Yaml).expect("a proved build");
        for (name, bytes) in tree.files {
            let path = built.path().join(at.to_string()).join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, bytes).expect("a file");
        }
    }
    all.extend(kustomizations(built.path()));
    assert!(all.len() > 150, "only {} folders", all.len());
    create_namespaces(all.iter().flat_map(|(_, namespaces)| namespaces));
    let mut complaints = Vec::new();
    let mut applied = 0;
    for (folder, _) in &all {
        let folder = folder.display().to_string();
        let arguments = ["apply", "--server-side", "--dry-run=server", "--validate=strict", "-k", &folder];
        let (stdout, stderr) = kubectl(&arguments);
        applied += stdout.lines().count();
        complaints.extend(warnings(&stderr).into_iter().map(|warning| format!("{folder}: {warning}")));
    }
    println!("{applied} objects in {} folders", all.len());
    fixture::report(complaints);
}

/// What an API server has stored is what was written: `verify` holds it equal, and `diff` finds nothing.
#[test]
#[ignore = "asks an API server"]
fn a_dump_of_what_it_stored_is_what_was_written() {
    let example = fixture::root().join("examples/shop");
    let all = kustomizations(&example.join("generated/prod"));
    create_namespaces(all.iter().flat_map(|(_, namespaces)| namespaces));
    for (folder, _) in &all {
        kubectl(&["apply", "--server-side", "--validate=strict", "-k", &folder.display().to_string()]);
    }
    let kinds = "networkpolicies,ingresses,services,endpoints,endpointslices,certificates,poddisruptionbudgets";
    let namespaces: BTreeSet<&String> = all.iter().flat_map(|(_, namespaces)| namespaces).collect();
    let folder = tempfile::tempdir().expect("a folder");
    for namespace in namespaces {
        let (dump, _) = kubectl(&["get", kinds, "--namespace", namespace, "-o", "yaml", "--show-managed-fields"]);
        assert!(dump.contains("managedFields"), "{dump}");
        let path = folder.path().join("prod").join(namespace);
        std::fs::create_dir_all(&path).expect("a folder");
        std::fs::write(path.join("dump.yaml"), dump).expect("a file");
    }
    let dump = folder.path().display().to_string();
    let written = example.join("generated/prod").display().to_string();
    let (dumped, example) = (folder.path().join("prod").display().to_string(), example.display().to_string());
    for arguments in [vec!["verify", &dump, &example, "--env", "prod"], vec!["diff", "--manifests", &written, &dumped]]
    {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_xks")).args(&arguments).output().expect("xks runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && text.contains("EQUAL"), "{arguments:?}: {text}");
    }
}

/// Answers of a program of `tests/oracles/kubernetes`, a line for each line that it is given.
fn answers(program: &str, lines: &[String]) -> Vec<String> {
    let folder = std::env::var("XKS_ORACLES").expect("XKS_ORACLES names the folder of the programs");
    let mut child = std::process::Command::new(Path::new(&folder).join(program))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("an input");
    let input = lines.iter().fold(String::new(), |all, line| all + line + "\n");
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).expect("an input is read"));
    let output = child.wait_with_output().expect("an output");
    writer.join().expect("an input is written");
    let answers: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_string).collect();
    assert_eq!(answers.len(), lines.len(), "{program} answers each line");
    answers
}

/// Values that the level baseline looks at, and where.
const OF_NODES: &[(&str, &str)] = &[
    ("/spec/hostNetwork", "true"),
    ("/spec/hostPID", "true"),
    ("/spec/hostIPC", "false"),
    ("/spec/volumes", r#"[{"name": "a", "hostPath": {"path": "/"}}]"#),
    ("/spec/volumes", r#"[{"name": "a", "emptyDir": {}}]"#),
    ("/spec/securityContext", r#"{"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}"#),
    ("/spec/securityContext", r#"{"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"}]}"#),
    ("/spec/securityContext", r#"{"seccompProfile": {"type": "Unconfined"}}"#),
    (
        "/spec/securityContext",
        r#"{"seccompProfile": {"type": "Localhost"}, "appArmorProfile": {"type": "Unconfined"}}"#,
    ),
    ("/spec/securityContext", r#"{"seLinuxOptions": {"type": "spc_t"}}"#),
    ("/spec/securityContext", r#"{"seLinuxOptions": {"type": "container_t", "level": "s0"}}"#),
    ("/spec/securityContext", r#"{"windowsOptions": {"hostProcess": true}}"#),
    ("/metadata/annotations", r#"{"container.apparmor.security.beta.kubernetes.io/a": "unconfined"}"#),
    ("/metadata/annotations", r#"{"container.apparmor.security.beta.kubernetes.io/a": "localhost/a"}"#),
    ("/CONTAINER/ports", r#"[{"containerPort": 1, "hostPort": 1}]"#),
    ("/CONTAINER/ports", r#"[{"containerPort": 1, "hostPort": 0}]"#),
    ("/CONTAINER/livenessProbe", r#"{"httpGet": {"host": "192.0.2.1", "port": 1}}"#),
    ("/CONTAINER/startupProbe", r#"{"tcpSocket": {"host": "", "port": 1}}"#),
    ("/CONTAINER/lifecycle", r#"{"preStop": {"httpGet": {"host": "a", "port": 1}}}"#),
    ("/CONTAINER/securityContext", r#"{"privileged": true}"#),
    ("/CONTAINER/securityContext", r#"{"privileged": false, "procMount": "Default"}"#),
    ("/CONTAINER/securityContext", r#"{"procMount": "Unmasked"}"#),
    ("/CONTAINER/securityContext", r#"{"capabilities": {"add": ["NET_BIND_SERVICE", "CHOWN"]}}"#),
    ("/CONTAINER/securityContext", r#"{"capabilities": {"add": ["NET_RAW"], "drop": ["ALL"]}}"#),
    ("/CONTAINER/securityContext", r#"{"seccompProfile": {"type": ""}}"#),
    ("/CONTAINER/securityContext", r#"{"seLinuxOptions": {"user": "system_u"}}"#),
    ("/CONTAINER/securityContext", r#"{"windowsOptions": {"hostProcess": true}}"#),
    ("/CONTAINER/securityContext", r#"{"appArmorProfile": {"type": "RuntimeDefault"}}"#),
];

#[test]
#[ignore = "asks k8s.io/pod-security-admission"]
fn the_level_baseline_is_that_of_kubernetes() {
    let mut chance = Chance(20261129);
    let mut pods = Vec::new();
    for _ in 0..4000 {
        let mut pod = json!({
            "metadata": {"name": "a"},
            "spec": {"containers": [{"name": "a", "image": "a"}], "initContainers": [{"name": "b", "image": "a"}]},
        });
        for _ in 0..chance.below(4) {
            let (path, value) = OF_NODES[chance.below(OF_NODES.len())];
            let container = ["spec/containers/0", "spec/initContainers/0"][chance.below(2)];
            let path = path.replace("CONTAINER", container);
            let (parent, field) = path.rsplit_once('/').expect("a path");
            pod.pointer_mut(parent).expect("a parent")[field] = serde_json::from_str(value).expect("JSON");
        }
        pods.push(pod);
    }
    let lines: Vec<String> = pods.iter().map(Value::to_string).collect();
    let mut admitted = 0;
    for (pod, answer) in pods.into_iter().zip(answers("podsecurity", &lines)) {
        let mut object = json!({"apiVersion": "v1", "kind": "Pod"});
        object["metadata"] = pod["metadata"].clone();
        object["spec"] = pod["spec"].clone();
        let text = object.to_string();
        let (documents, _) = yaml::documents(&text, 1);
        let findings = validate::baseline::check(&documents[0]);
        admitted += usize::from(answer == "yes");
        assert_eq!(answer == "yes", findings.is_empty(), "{answer}: {findings:?}\n{text}");
    }
    assert!((500..3500).contains(&admitted), "{admitted} of 4000 are admitted");
}

/// What Go's library reads of a text is what is read here, or the text is refused.
#[test]
#[ignore = "asks sigs.k8s.io/yaml"]
fn yaml_is_read_as_kubernetes_reads_it() {
    let mut chance = Chance(20261129);
    let scalars = [
        "a",
        "on",
        "No",
        "y",
        "~",
        "null",
        "0x1f",
        "0o17",
        "017",
        "0b1",
        "1_000",
        "1e3",
        "1.",
        ".5",
        "-0",
        "+1",
        "1:30",
        "2026-01-31",
        "'it''s'",
        "\"a\\n\"",
        "\"\\u2028\"",
        "|\n  a\n   b\n",
        ">\n  a\n  b\n",
        "|-\n  a\n",
        "!!str 1",
        "!!int \"1\"",
        "!!binary YQ==",
        "&a b",
        "*a",
        "[a, b]",
        "{a: b}",
        "[",
        "{",
        "- a",
        "a: b",
        "? a",
        "%a",
        "@a",
        "`a",
        "#a",
        "a #b",
        "a:b",
        "a: b: c",
        ".inf",
        ".NaN",
        "1e400",
        "123456789012345678901",
        "-",
        "---",
        "...",
        "=",
        "<<",
        "\ta",
        "a\tb",
        "\u{85}",
        "\u{a0}",
        "\u{2028}",
        "\u{feff}",
        "\u{1f600}",
        "0",
        "1",
        "true",
        "0644",
        "12e03",
        "1.5",
        "\"\"",
        "''",
    ];
    let keys = ["a", "b", "on", "1", "<<", "~", "\"c d\"", "a b", "? a", "true", "1.0", "0x1", "y"];
    let mut texts = Vec::new();
    for _ in 0..20_000 {
        let mut text = String::new();
        let mut indent = 0;
        for _ in 0..1 + chance.below(5) {
            let key = keys[chance.below(keys.len())];
            let scalar = scalars[chance.below(scalars.len())].replace('\n', &format!("\n{}", " ".repeat(indent)));
            let pad = " ".repeat(indent);
            match chance.below(8) {
                0 => {
                    let _ = writeln!(text, "{pad}{key}:");
                    indent += 2;
                }
                1 => drop(writeln!(text, "{pad}- {scalar}")),
                2 => drop(writeln!(text, "{pad}{key}:\t{scalar}")),
                3 => {
                    indent = indent.saturating_sub(2);
                }
                _ => drop(writeln!(text, "{pad}{key}: {scalar}")),
            }
        }
        texts.push(text);
    }
    let lines: Vec<String> = texts.iter().map(|text| Value::String(text.clone()).to_string()).collect();
    let (mut read, mut complaints) = (0, Vec::new());
    for (text, answer) in texts.iter().zip(answers("readyaml", &lines)) {
        let Ok(documents) = yaml::unambiguous(text) else { continue };
        let [document] = documents.as_slice() else { continue };
        if answer == "error" {
            complaints.push(format!("Go refuses {text:?}"));
            continue;
        }
        read += 1;
        let theirs: Value = serde_json::from_str(&answer).expect("JSON");
        let mut bytes = Vec::new();
        xks_core::k8s::yaml::document(document, &mut bytes);
        let ours = yaml::values(std::str::from_utf8(&bytes).expect("UTF-8")).expect("YAML").pop().unwrap_or_default();
        if ours != theirs {
            complaints.push(format!("{text:?}\n  ours: {ours}\n  Go's: {theirs}"));
        }
    }
    complaints.truncate(30);
    assert!(read > 1000, "only {read} are read");
    fixture::report(complaints);
}
