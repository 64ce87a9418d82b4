package io.millrace.inference.quantize;

/** Sums over weights and what their codes stand for, each term times what an error counts: {@code weight * number} and {@code number * number}. */
record WeightedCorrelation(float products, float squares) {
    /** The scale of the least error. */
    float scale() {
        return products / squares;
    }

    boolean explainsMoreThan(float gain) {
        return squares > 0 && products * products > gain * squares;
    }

    boolean isBetterThan(WeightedCorrelation other) {
        return products * products * other.squares > other.products * other.products * squares;
    }
}
