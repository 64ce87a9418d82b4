package io.millrace.compose.cli;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Bars on stderr for what takes a while. */
final class Progress {
    private static final int UPDATE_MILLIS = 200;

    private Progress() {}

    /** A bar of so many things; closed when they are done. */
    static ProgressBar bar(String things, long count) {
        return new ProgressBarBuilder().setTaskName(things).setInitialMax(count)
                .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(UPDATE_MILLIS).build();
    }
}
