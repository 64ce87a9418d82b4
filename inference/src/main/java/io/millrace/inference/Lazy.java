package io.millrace.inference;

import java.util.function.Supplier;

/** What is made when it is first asked for, once. Safe for any thread; others wait while it is made. */
final class Lazy<T> implements Supplier<T> {
    private final Supplier<T> maker;
    private T value;

    Lazy(Supplier<T> maker) {
        this.maker = maker;
    }

    @Override
    public synchronized T get() {
        if (value == null) {
            value = maker.get();
        }
        return value;
    }
}
