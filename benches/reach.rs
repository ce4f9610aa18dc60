//! Who reaches whom, from manifests to the answer: `cargo bench -p xks-benches --bench reach`.

mod manifests;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use xks_core::cluster::labels::Labelled;
use xks_core::cluster::manifests::{Reader, read, read_by};
use xks_core::cluster::network::Reading;
use xks_core::cluster::ports::Ports;
use xks_core::cluster::relation::{End, Pods};
use xks_core::cluster::{Cluster, Facts};

/// The allocator of the terminal program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn cluster(text: &str) -> Cluster {
    Cluster::new(read([("all.yaml", text)]), Facts::default())
}

/// Everything that is reachable, reading included, for growing clusters: the time for each tenant should stay the same.
fn all_pairs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("all pairs");
    group.sample_size(10);
    for tenants in [10, 100, 1_000] {
        let text = manifests::manifests(tenants);
        group.throughput(Throughput::Elements(tenants as u64));
        group.bench_with_input(BenchmarkId::from_parameter(tenants), &text, |bencher, text| {
            bencher.iter(|| {
                let cluster = cluster(text);
                let reach = cluster.reach(Reading::Specification);
                assert!(reach.classes().len() > 10 * tenants);
                black_box(reach)
            });
        });
    }
    group.finish();
}

/// One question, reading included: from one app to another, and from one app to everything.
fn question(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("question");
    group.sample_size(10);
    let text = manifests::manifests(1_000);
    let pods = |namespace: &str, app: &str| {
        let app = xks_core::values::label::Requirement::In("app".into(), vec![app.into()]);
        [End::Pods(Pods::within(&namespace.into(), Labelled::selected([&app]).expect("a selector")))]
    };
    group.bench_function("one pair", |bencher| {
        bencher.iter(|| cluster(&text).permitted(&pods("t1", "a5"), &pods("t2", "a0"), &Ports::all()));
    });
    group.bench_function("one to all", |bencher| {
        bencher.iter(|| cluster(&text).permitted(&pods("t1", "a5"), &End::everything(), &Ports::all()));
    });
    group.finish();
}

/// The readers, on one thread.
fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read, one thread");
    group.sample_size(10);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let text = manifests::manifests(1_000);
    let policies: String = text.split_inclusive("---\n").filter(|text| text.contains("NetworkPolicy")).collect();
    for (name, text, reader) in [
        ("policies, fast", &policies, Reader::Strict),
        ("all, fast", &text, Reader::Strict),
        ("all, general", &text, Reader::General),
    ] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter_with_large_drop(|| pool.install(|| read_by(reader, [("all.yaml", text.as_str())])));
        });
    }
    group.finish();
}

criterion_group!(benches, all_pairs, question, reading);
criterion_main!(benches);
