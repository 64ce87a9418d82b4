package io.millrace.inference.quantize;

/** Sums over a group's weights in order of their size, up to each: what any bounds between -1, 0 and 1 explain follows from six of them. */
final class OrderedSums {
    private static final int CODES = 3;

    private final int count;
    private final float[][] products;
    private final float[][] errorWeights;

    /** @param part how many weights share a shift: each part has sums of its own */
    OrderedSums(float[] x, float[] errorWeights, int[] order, int part) {
        count = x.length;
        products = new float[count / part][count + 1];
        this.errorWeights = new float[count / part][count + 1];
        for (int own = 0; own < products.length; own++) {
            for (int i = 0; i < count; i++) {
                int weight = order[i];
                boolean isOwn = weight / part == own;
                products[own][i + 1] = products[own][i] + (isOwn ? errorWeights[weight] * x[weight] : 0);
                this.errorWeights[own][i + 1] = this.errorWeights[own][i] + (isOwn ? errorWeights[weight] : 0);
            }
        }
    }

    /**
     * With -1 for the weights before a bound, 0 for those up to the next, and 1 for the others.
     *
     * @param down bit i is set where the numbers of part i are shifted down
     */
    WeightedCorrelation correlation(int zero, int one, int down) {
        float sumProducts = 0;
        float sumSquares = 0;
        for (int part = 0; part < products.length; part++) {
            for (int code = 0; code < CODES; code++) {
                int from = code == 0 ? 0 : code == 1 ? zero : one;
                int to = code == 0 ? zero : code == 1 ? one : count;
                float number = TernarySearch.number(code, down, part);
                sumProducts += (products[part][to] - products[part][from]) * number;
                sumSquares += (errorWeights[part][to] - errorWeights[part][from]) * number * number;
            }
        }
        return new WeightedCorrelation(sumProducts, sumSquares);
    }
}
