package io.millrace.compose.cli;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Bars on stderr for what takes a while. */
final class Progress {
    private static final int UPDATE_MILLIS = 200;
    private static final long MEBIBYTE = 1 << 20;

    private Progress() {}

    /** A bar of so many things; closed when they are done. */
    static ProgressBar bar(String things, long count) {
        return new ProgressBarBuilder().setTaskName(things).setInitialMax(count)
                .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(UPDATE_MILLIS).build();
    }

    /**
     * A bar of bytes.
     *
     * @param count how many there are to be; -1 if nobody knows
     */
    static ProgressBar bytes(String things, long count) {
        return new ProgressBarBuilder().setTaskName(things).setInitialMax(count).setUnit(" MiB", MEBIBYTE).showSpeed()
                .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(UPDATE_MILLIS).build();
    }
}
