//! The client's process: when it is gone, nobody closes standard input for certain.

use std::time::Duration;

/// How often it is looked for.
const EVERY: Duration = Duration::from_secs(3);

/// Ends this process when the process with that id has ended. Where that cannot be told, only the end of standard input
/// ends it.
pub(crate) fn watch(id: i32) {
    #[cfg(unix)]
    if let Some(id) = rustix::process::Pid::from_raw(id) {
        std::thread::spawn(move || {
            while rustix::process::test_kill_process(id) != Err(rustix::io::Errno::SRCH) {
                std::thread::sleep(EVERY);
            }
            std::process::exit(1);
        });
    }
    #[cfg(not(unix))]
    let _ = (id, EVERY);
}
