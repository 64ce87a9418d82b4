package io.millrace.inference.quantize;

import java.util.Arrays;

/**
 * Finds the scale with which points of a grid come closest to a group of 32 magnitudes: makes points with several trial scales, moves those outside the grid
 * into it, and takes the trial of the least error.
 *
 * @param trials to either side of the scale that makes the largest magnitude 15
 * @param movesAll whether in the end all points are made anew with the best scale, or only those that had to be moved
 */
record GridSearch(GridPoints grid, int trials, boolean movesAll) {
    static final int GROUP = 32;
    static final int POINTS = GROUP / GridPoints.WIDTH;
    private static final int GREATEST_VALUE = 15;
    private static final float TRIAL_STEP = 0.2f;

    /**
     * Returns the scale and writes the places in the grid of the group's points, from {@code places[to]} on.
     *
     * @param magnitudes 32, of which the greatest is positive
     * @param importance how much an error counts, for each
     */
    float fit(float[] magnitudes, float[] importance, int[] places, int to) {
        float greatest = magnitudes[0];
        for (float magnitude : magnitudes) {
            greatest = Math.max(greatest, magnitude);
        }
        float scale = greatest / GREATEST_VALUE;
        float gain = 0;
        var points = new int[POINTS];
        var toMove = new boolean[POINTS];
        Arrays.fill(toMove, movesAll);
        for (int trial = -trials; trial <= trials; trial++) {
            float inverse = (GREATEST_VALUE + trial * TRIAL_STEP) / greatest;
            var wanted = new int[POINTS];
            var candidate = new int[POINTS];
            for (int i = 0; i < POINTS; i++) {
                wanted[i] = point(magnitudes, i, inverse);
                candidate[i] = intoGrid(wanted[i], magnitudes, importance, i, 1 / inverse);
            }
            var correlation = Correlation.of(magnitudes, importance, candidate);
            if (correlation.explainsMoreThan(gain)) {
                scale = correlation.scale();
                gain = scale * correlation.products;
                points = candidate;
                for (int i = 0; i < POINTS; i++) {
                    toMove[i] = !grid.isInGrid(wanted[i]);
                }
            }
        }
        float refined = refined(magnitudes, importance, scale, points, toMove);
        for (int i = 0; i < POINTS; i++) {
            places[to + i] = grid.place(points[i]);
        }
        return refined;
    }

    /** Makes points anew with the scale that was found, and then the scale with the points. */
    private float refined(float[] magnitudes, float[] importance, float scale, int[] points, boolean[] toMove) {
        boolean any = false;
        for (boolean move : toMove) {
            any |= move;
        }
        if (any && scale > 0) {
            for (int i = 0; i < POINTS; i++) {
                if (movesAll || toMove[i]) {
                    points[i] = intoGrid(point(magnitudes, i, 1 / scale), magnitudes, importance, i, scale);
                }
            }
            var correlation = Correlation.of(magnitudes, importance, points);
            if (correlation.squares > 0) {
                return correlation.scale();
            }
        }
        return scale;
    }

    private static int point(float[] magnitudes, int i, float inverse) {
        int at = i * GridPoints.WIDTH;
        return GridPoints.point(code(magnitudes[at], inverse), code(magnitudes[at + 1], inverse),
                code(magnitudes[at + 2], inverse), code(magnitudes[at + 3], inverse));
    }

    private static int code(float magnitude, float inverse) {
        return Rounding.toEven(0.5f * (inverse * magnitude - 1), 0, GridPoints.GREATEST_CODE);
    }

    /** The point itself, or the neighbour that is nearest to the magnitudes, by the root of their importance. */
    private int intoGrid(int point, float[] magnitudes, float[] importance, int i, float scale) {
        if (grid.isInGrid(point)) {
            return point;
        }
        int[] neighbours = grid.neighbours(point);
        int nearest = neighbours[0];
        float least = Float.MAX_VALUE;
        for (int neighbour : neighbours) {
            float distance = 0;
            for (int j = 0; j < GridPoints.WIDTH; j++) {
                int at = i * GridPoints.WIDTH + j;
                float difference = scale * GridPoints.value(neighbour, j) - magnitudes[at];
                distance += (float) Math.sqrt(importance[at]) * difference * difference;
            }
            if (distance < least) {
                least = distance;
                nearest = neighbour;
            }
        }
        return nearest;
    }

    /** Sums over magnitudes and points' values, by importance: {@code magnitude * value} and {@code value * value}. */
    private record Correlation(float products, float squares) {
        static Correlation of(float[] magnitudes, float[] importance, int[] points) {
            float products = 0;
            float squares = 0;
            for (int i = 0; i < GROUP; i++) {
                float value = GridPoints.value(points[i / GridPoints.WIDTH], i % GridPoints.WIDTH);
                products += importance[i] * magnitudes[i] * value;
                squares += importance[i] * value * value;
            }
            return new Correlation(products, squares);
        }

        float scale() {
            return products / squares;
        }

        boolean explainsMoreThan(float gain) {
            return squares > 0 && products * products > gain * squares;
        }
    }
}
