// A vitest reporter whose closing line is read by CI: `N passed, N failed, N skipped`, alone on a line. A test that vitest never
// ran (its file failed to load, or the run was interrupted) counts as failed: it must not look like a pass.
export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === 'pending' ? 'failed' : state] += 1;
      }
    }
    // After the default reporter's summary, which is written in the same event.
    process.on('exit', () => console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`));
  }
}
