package io.millrace.inference.quantize;

import io.millrace.inference.kernel.Grid;
import java.util.Arrays;

/**
 * Four or eight codes as a point in space: which points are in a {@link Grid}, and for the others which of the grid's are near. A code is a value's rank among the values
 * that the grid has; a point is a number with some bits for each code, the first code lowest.
 */
final class GridPoints {
    private static final int NOT_IN_GRID = -1;

    private final int width;
    private final int levels;
    private final int bits;
    private final int[] places;
    private final int[][] neighbours;

    /**
     * Builds the tables, which takes a good part of a second.
     *
     * @param distances of how many different distances neighbours are kept, from the least on
     */
    GridPoints(Grid grid, int distances) {
        width = grid.width();
        float[] values = distinct(grid.weights());
        levels = values.length;
        bits = Integer.SIZE - Integer.numberOfLeadingZeros(levels - 1);
        places = new int[1 << width * bits];
        neighbours = new int[places.length][];
        Arrays.fill(places, NOT_IN_GRID);
        var points = new int[grid.weights().length / width];
        for (int place = 0; place < points.length; place++) {
            for (int i = 0; i < width; i++) {
                points[place] |= Arrays.binarySearch(values, grid.weights()[place * width + i]) << bits * i;
            }
            places[points[place]] = place;
        }
        for (int point = 0; point < places.length; point++) {
            if (places[point] == NOT_IN_GRID && hasCodes(point)) {
                neighbours[point] = nearest(point, points, distances);
            }
        }
    }

    private static float[] distinct(float[] values) {
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        int count = 0;
        for (float value : sorted) {
            if (count == 0 || value != sorted[count - 1]) {
                sorted[count++] = value;
            }
        }
        return Arrays.copyOf(sorted, count);
    }

    /** Whether every code stands for a value: three values leave one of two bits' codes without. */
    private boolean hasCodes(int point) {
        for (int i = 0; i < width; i++) {
            if (code(point, i) >= levels) {
                return false;
            }
        }
        return true;
    }

    private int[] nearest(int point, int[] points, int distances) {
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

    private int squaredDistance(int one, int other) {
        int sum = 0;
        for (int i = 0; i < width; i++) {
            int difference = code(one, i) - code(other, i);
            sum += difference * difference;
        }
        return sum;
    }

    /** How many codes a point has. */
    int width() {
        return width;
    }

    int greatestCode() {
        return levels - 1;
    }

    /** The point with the codes from {@code codes[from]} on. */
    int point(int[] codes, int from) {
        int point = 0;
        for (int i = 0; i < width; i++) {
            point |= codes[from + i] << bits * i;
        }
        return point;
    }

    int code(int point, int i) {
        return point >> bits * i & (1 << bits) - 1;
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
