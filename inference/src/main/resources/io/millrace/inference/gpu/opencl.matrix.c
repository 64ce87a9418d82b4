// What CUDA's prelude has for matrix units, emulated: lanes lay down for each other what they hold. For tests.
#define EXCHANGE(name, lanes) LOCAL PAIR name[lanes * 6]

DEVICE float sum4(float value, LOCAL PAIR *exchange) {
    exchange[LANE].x = value;
    BARRIER();
    int first = LANE / 4 * 4;
    float sum = exchange[first].x + exchange[first + 1].x + exchange[first + 2].x + exchange[first + 3].x;
    BARRIER();
    return sum;
}

DEVICE float largest4(float value, LOCAL PAIR *exchange) {
    exchange[LANE].x = value;
    BARRIER();
    int first = LANE / 4 * 4;
    float largest = fmax(fmax(exchange[first].x, exchange[first + 1].x), fmax(exchange[first + 2].x, exchange[first + 3].x));
    BARRIER();
    return largest;
}

DEVICE void multiplyTile(float *sums, const PAIR *low, const PAIR *high, const PAIR *in, LOCAL PAIR *exchange) {
    LOCAL PAIR *own = exchange + LANE * 6;
    for (int i = 0; i < 2; i++) {
        own[i] = low[i];
        own[2 + i] = high[i];
        own[4 + i] = in[i];
    }
    BARRIER();
    LOCAL const PAIR *rows = exchange + LANE / 4 * 24;
    LOCAL const PAIR *columns = exchange + (LANE / 32 * 32 + LANE % 4 * 8) * 6;
    for (int t = 0; t < 24; t += 6) {
        for (int i = 0; i < 2; i++) {
            PAIR first = columns[t + 4 + i];
            PAIR second = columns[24 + t + 4 + i];
            sums[0] += dot(rows[t + i], first);
            sums[1] += dot(rows[t + i], second);
            sums[2] += dot(rows[t + 2 + i], first);
            sums[3] += dot(rows[t + 2 + i], second);
        }
    }
    BARRIER();
}
