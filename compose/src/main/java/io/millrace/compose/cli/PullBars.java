package io.millrace.compose.cli;

import io.millrace.compose.pull.PullProgress;
import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;

/** A bar for each file that comes, and for each check of one. */
final class PullBars implements PullProgress, AutoCloseable {
    private final PrintWriter err;
    private ProgressBar bar;

    PullBars(PrintWriter err) {
        this.err = err;
    }

    @Override
    public synchronized void begins(String file, long size, long bytes) {
        close();
        bar = Progress.bytes(file, size);
        bar.stepTo(bytes);
    }

    @Override
    public synchronized void received(long bytes) {
        bar.stepBy(bytes);
    }

    @Override
    public synchronized void checks(String file, long size) {
        close();
        bar = Progress.bytes("checking", size);
    }

    @Override
    public synchronized void checked(long bytes) {
        bar.stepBy(bytes);
    }

    @Override
    public synchronized void says(String line) {
        close();
        err.println("millrace: " + line);
    }

    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
