//! What each phase costs, and how the whole grows with the number of tenants: `cargo bench -p xks-benches`.

mod workload;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use xks_core::emit::{self, Format};
use xks_core::{Manifests, Options, lower};

/// The allocator of the terminal program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// All phases in memory, for growing workspaces: the time for each tenant should stay the same.
fn whole(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    group.sample_size(20);
    for tenants in [1, 10, 100, 1_000, 10_000] {
        let sources = workload::sources(tenants);
        group.throughput(Throughput::Elements(tenants as u64));
        group.bench_with_input(BenchmarkId::from_parameter(tenants), &sources, |bencher, sources| {
            bencher.iter(|| {
                let parsed = xks_core::parse(sources);
                let analysis = xks_core::analyze(sources, &parsed, &Manifests::new(), &Options::default());
                let checked = analysis.checked().expect("a sound workspace");
                black_box(xks_core::build(sources, &checked, None, Format::Yaml).expect("a proved build"))
            });
        });
    }
    group.finish();
}

/// Each phase by itself, at 1,000 tenants.
fn phases(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("phase");
    group.sample_size(20);
    let sources = workload::sources(1_000);
    let parsed = xks_core::parse(&sources);
    let analysis = xks_core::analyze(&sources, &parsed, &Manifests::new(), &Options::default());
    let checked = analysis.checked().expect("a sound workspace");
    group.bench_function("parse", |bencher| bencher.iter(|| black_box(xks_core::parse(&sources))));
    group.bench_function("analyze", |bencher| {
        bencher.iter(|| black_box(xks_core::analyze(&sources, &parsed, &Manifests::new(), &Options::default())));
    });
    group.bench_function("build", |bencher| {
        bencher.iter(|| black_box(xks_core::build(&sources, &checked, None, Format::Yaml).expect("a proved build")))
    });
    let workspace = &analysis.workspaces[0];
    let shares = lower::shares(workspace);
    group.bench_function("lower, one thread", |bencher| {
        bencher.iter(|| shares.iter().map(|share| lower::folder(workspace, share)).collect::<Vec<_>>());
    });
    let folders: Vec<_> = shares.iter().map(|share| lower::folder(workspace, share)).collect();
    let size: usize = emitted(&sources, workspace, &folders).iter().map(|file| file.bytes.len()).sum();
    group.throughput(Throughput::Bytes(size as u64));
    group.bench_function("emit, one thread", |bencher| bencher.iter(|| emitted(&sources, workspace, &folders)));
    group.finish();
}

fn emitted(
    sources: &xks_core::source::Sources,
    workspace: &xks_core::model::Workspace,
    folders: &[lower::Folder],
) -> Vec<emit::Written> {
    folders.iter().flat_map(|folder| emit::folder(sources, workspace, folder, "", Format::Yaml)).collect()
}

/// The formatter on all files of 1,000 tenants.
fn format(criterion: &mut Criterion) {
    let sources = workload::sources(1_000);
    criterion.bench_function("format 1,000 files", |bencher| {
        bencher.iter(|| {
            sources.files().iter().map(|file| xks_core::syntax::format::format(&file.text).len()).sum::<usize>()
        });
    });
}

criterion_group!(benches, whole, phases, format);
criterion_main!(benches);
