package io.millrace.inference.quantize;

import java.util.Arrays;

/**
 * Finds the scale with which -1, 0 and 1, shifted by an eighth up or down, come closest to a group of weights. In order of their size, two bounds tell which weights
 * become which number; all bounds are tried with all shifts. Then points outside the grid are moved into it.
 *
 * @param group how many weights share a scale
 * @param part how many of them share a shift
 */
record TernarySearch(GridPoints grid, int group, int part) {
    private static final float SHIFT = 0.125f;
    private static final int ZERO = 1;

    /**
     * A group's scale, never negative, and shifts.
     *
     * @param down bit i is set where the numbers of part i are shifted down
     */
    record Fit(float scale, int down) {}

    /** Between which weights, in order of their size, the numbers change. */
    private record Bounds(int zero, int one) {}

    int parts() {
        return group / part;
    }

    /** What a code stands for in a part, before scaling. */
    static float number(int code, int down, int part) {
        return code - ZERO + shift(down, part);
    }

    static float shift(int down, int part) {
        return (down >> part & 1) == 0 ? SHIFT : -SHIFT;
    }

    /**
     * Returns the scale and the shifts, and writes the places in the grid of the group's points, from {@code places[to]} on.
     *
     * @param x as many weights as a group has
     * @param errorWeights how much an error counts, for each
     */
    Fit fit(float[] x, float[] errorWeights, int[] places, int to) {
        int[] order = ascending(x);
        var sums = new OrderedSums(x, errorWeights, order, part);
        float gain = 0;
        float scale = Math.abs(Range.farthestFromZero(x, 0, x.length));
        int down = 0;
        Bounds best = new Bounds(0, x.length);
        for (int zero = 0; zero <= x.length; zero++) {
            for (int one = zero; one <= x.length; one++) {
                for (int shifts = 0; shifts < 1 << parts(); shifts++) {
                    var correlation = sums.correlation(zero, one, shifts);
                    if (correlation.explainsMoreThan(gain)) {
                        scale = correlation.scale();
                        gain = scale * correlation.products();
                        down = shifts;
                        best = new Bounds(zero, one);
                    }
                }
            }
        }
        int[] codes = codes(order, best);
        if (scale < 0) {
            Arrays.setAll(codes, i -> 2 * ZERO - codes[i]);
            down ^= (1 << parts()) - 1;
        }
        return new Fit(intoGrid(x, errorWeights, codes, Math.abs(scale), down, places, to), down);
    }

    private static int[] ascending(float[] x) {
        var order = new int[x.length];
        for (int i = 0; i < x.length; i++) {
            int place = i;
            for (; place > 0 && x[order[place - 1]] > x[i]; place--) {
                order[place] = order[place - 1];
            }
            order[place] = i;
        }
        return order;
    }

    private static int[] codes(int[] order, Bounds bounds) {
        var codes = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            codes[order[i]] = i < bounds.zero ? 0 : i < bounds.one ? ZERO : 2 * ZERO;
        }
        return codes;
    }

    /** Writes places, and returns the scale, which follows points that had to be moved. */
    private float intoGrid(float[] x, float[] errorWeights, int[] codes, float scale, int down, int[] places, int to) {
        boolean moved = false;
        float products = 0;
        float squares = 0;
        for (int i = 0; i < x.length; i += grid.width()) {
            int point = grid.point(codes, i);
            if (!grid.isInGrid(point)) {
                point = nearest(grid.neighbours(point), x, errorWeights, i, scale, down);
                moved = true;
            }
            places[to + i / grid.width()] = grid.place(point);
            for (int j = i; j < i + grid.width(); j++) {
                float number = number(grid.code(point, j - i), down, j / part);
                products += errorWeights[j] * number * x[j];
                squares += errorWeights[j] * number * number;
            }
        }
        return moved && products > 0 && squares > 0 ? products / squares : scale;
    }

    private int nearest(int[] neighbours, float[] x, float[] errorWeights, int at, float scale, int down) {
        int nearest = neighbours[0];
        float least = Float.MAX_VALUE;
        for (int neighbour : neighbours) {
            float distance = 0;
            for (int i = 0; i < grid.width(); i++) {
                float difference = scale * number(grid.code(neighbour, i), down, (at + i) / part) - x[at + i];
                distance += errorWeights[at + i] * difference * difference;
            }
            if (distance < least) {
                least = distance;
                nearest = neighbour;
            }
        }
        return nearest;
    }
}
