package io.millrace.inference.quantize;

import io.millrace.inference.kernel.Grid;
import java.util.Arrays;

/**
 * Four codes from 0 to 7 as a point in space: which points are in a {@link Grid}, and for the others which of the grid's are near. A point is a number of twelve
 * bits, three for each code, the first code lowest.
 */
final class GridPoints {
    static final int WIDTH = 4;
    static final int GREATEST_CODE = 7;
    private static final int BITS = 3;
    private static final int POINTS = 1 << WIDTH * BITS;
    private static final int NOT_IN_GRID = -1;

    private final int[] places = new int[POINTS];
    private final int[][] neighbours = new int[POINTS][];

    /**
     * Builds the tables, which takes a good part of a second.
     *
     * @param step how far the grid's values of neighbouring codes are apart
     * @param distances of how many different distances neighbours are kept, from the least on
     */
    GridPoints(Grid grid, int step, int distances) {
        var points = new int[grid.weights().length / WIDTH];
        Arrays.fill(places, NOT_IN_GRID);
        for (int place = 0; place < points.length; place++) {
            for (int i = 0; i < WIDTH; i++) {
                points[place] |= (int) grid.weights()[place * WIDTH + i] / step << BITS * i;
            }
            places[points[place]] = place;
        }
        for (int point = 0; point < POINTS; point++) {
            if (places[point] == NOT_IN_GRID) {
                neighbours[point] = nearest(point, points, distances);
            }
        }
    }

    private static int[] nearest(int point, int[] points, int distances) {
        var byDistance = new int[points.length];
        for (int place = 0; place < points.length; place++) {
            byDistance[place] = squaredDistance(point, points[place]) * points.length + place;
        }
        Arrays.sort(byDistance);
        int count = 1;
        for (int seen = 1; count < points.length; count++) {
            if (byDistance[count] / points.length > byDistance[count - 1] / points.length && ++seen > distances) {
                break;
            }
        }
        var nearest = new int[count];
        for (int i = 0; i < count; i++) {
            nearest[i] = points[byDistance[i] % points.length];
        }
        return nearest;
    }

    private static int squaredDistance(int one, int other) {
        int sum = 0;
        for (int i = 0; i < WIDTH; i++) {
            int difference = code(one, i) - code(other, i);
            sum += difference * difference;
        }
        return sum;
    }

    /** The point with these four codes. */
    static int point(int first, int second, int third, int fourth) {
        return first | second << BITS | third << 2 * BITS | fourth << 3 * BITS;
    }

    private static int code(int point, int i) {
        return point >> BITS * i & GREATEST_CODE;
    }

    /** What code {@code i} of a point stands for, before scaling: 1, 3, ... 15. */
    static int value(int point, int i) {
        return 2 * code(point, i) + 1;
    }

    boolean isInGrid(int point) {
        return places[point] != NOT_IN_GRID;
    }

    /** Where in the grid a point is that is in it. */
    int place(int point) {
        return places[point];
    }

    /** The points of the grid that are near a point outside, the nearest first; not to be changed. */
    int[] neighbours(int point) {
        return neighbours[point];
    }
}
