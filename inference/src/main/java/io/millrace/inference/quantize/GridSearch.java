package io.millrace.inference.quantize;

import java.util.Arrays;

/**
 * Finds the scale with which points of a grid come closest to a group of magnitudes: makes points with several trial scales, moves those outside the grid
 * into it, and takes the trial of the least error. A code stands for an odd number, from 1 on.
 *
 * @param group how many magnitudes share a scale
 * @param reach what the trials in the middle give the largest number to
 * @param trials to either side of that
 * @param step by how much trials differ in the largest number
 * @param movesAll whether in the end all points are made anew with the best scale, or only those that had to be moved
 */
record GridSearch(GridPoints grid, int group, Reach reach, int trials, float step, boolean movesAll) {
    /** A magnitude that the largest number is to stand for; positive. */
    @FunctionalInterface
    interface Reach {
        float of(float[] magnitudes, float[] errorWeights);
    }

    /** The greatest magnitude. */
    static float greatest(float[] magnitudes, float[] errorWeights) {
        return Range.of(magnitudes, 0, magnitudes.length).greatest();
    }

    private int points() {
        return group / grid.width();
    }

    private int greatestNumber() {
        return number(grid.greatestCode());
    }

    /** What a code stands for, before scaling. */
    private static int number(int code) {
        return 2 * code + 1;
    }

    /**
     * Returns the scale and writes the places in the grid of the group's points, from {@code places[to]} on.
     *
     * @param magnitudes as many as a group has, of which the greatest is positive
     * @param errorWeights how much an error counts, for each
     */
    float fit(float[] magnitudes, float[] errorWeights, int[] places, int to) {
        float greatest = reach.of(magnitudes, errorWeights);
        float scale = greatest / greatestNumber();
        float gain = 0;
        var points = new int[points()];
        var toMove = new boolean[points.length];
        Arrays.fill(toMove, movesAll);
        for (int trial = -trials; trial <= trials; trial++) {
            float inverse = (greatestNumber() + trial * step) / greatest;
            var wanted = new int[points.length];
            var candidate = new int[points.length];
            for (int i = 0; i < points.length; i++) {
                wanted[i] = point(magnitudes, i, inverse);
                candidate[i] = intoGrid(wanted[i], magnitudes, errorWeights, i, 1 / inverse);
            }
            var correlation = correlation(magnitudes, errorWeights, candidate);
            if (correlation.explainsMoreThan(gain)) {
                scale = correlation.scale();
                gain = scale * correlation.products();
                points = candidate;
                for (int i = 0; i < points.length; i++) {
                    toMove[i] = !grid.isInGrid(wanted[i]);
                }
            }
        }
        float refined = refined(magnitudes, errorWeights, scale, points, toMove);
        for (int i = 0; i < points.length; i++) {
            places[to + i] = grid.place(points[i]);
        }
        return refined;
    }

    /** Makes points anew with the scale that was found, and then the scale with the points. */
    private float refined(float[] magnitudes, float[] errorWeights, float scale, int[] points, boolean[] toMove) {
        boolean any = movesAll;
        for (boolean move : toMove) {
            any |= move;
        }
        if (any && scale > 0) {
            for (int i = 0; i < points.length; i++) {
                if (movesAll || toMove[i]) {
                    points[i] = intoGrid(point(magnitudes, i, 1 / scale), magnitudes, errorWeights, i, scale);
                }
            }
            var correlation = correlation(magnitudes, errorWeights, points);
            if (correlation.squares() > 0) {
                return correlation.scale();
            }
        }
        return scale;
    }

    private int point(float[] magnitudes, int i, float inverse) {
        var codes = new int[grid.width()];
        for (int j = 0; j < codes.length; j++) {
            float number = inverse * magnitudes[i * codes.length + j];
            codes[j] = Rounding.toEven(0.5f * (number - 1), 0, grid.greatestCode());
        }
        return grid.point(codes, 0);
    }

    /** The point itself, or the neighbour that is nearest to the magnitudes, by the root of their errors' weights. */
    private int intoGrid(int point, float[] magnitudes, float[] errorWeights, int i, float scale) {
        if (grid.isInGrid(point)) {
            return point;
        }
        int[] neighbours = grid.neighbours(point);
        int nearest = neighbours[0];
        float least = Float.MAX_VALUE;
        for (int neighbour : neighbours) {
            float distance = 0;
            for (int j = 0; j < grid.width(); j++) {
                int at = i * grid.width() + j;
                float difference = scale * number(grid.code(neighbour, j)) - magnitudes[at];
                distance += (float) Math.sqrt(errorWeights[at]) * difference * difference;
            }
            if (distance < least) {
                least = distance;
                nearest = neighbour;
            }
        }
        return nearest;
    }

    private WeightedCorrelation correlation(float[] magnitudes, float[] errorWeights, int[] points) {
        float products = 0;
        float squares = 0;
        for (int i = 0; i < group; i++) {
            float number = number(grid.code(points[i / grid.width()], i % grid.width()));
            products += errorWeights[i] * magnitudes[i] * number;
            squares += errorWeights[i] * number * number;
        }
        return new WeightedCorrelation(products, squares);
    }
}
