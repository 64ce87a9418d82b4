// Which logits of a row are the greatest, so that not all of them need to leave the device.

// Orders as the numbers do; what is not a number comes above all.
DEVICE uint orderOf(float logit) {
    uint bits = AS_UINT(logit);
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return 0xffffffffu;
    }
    return bits >> 31 ? ~bits : bits | 0x80000000u;
}

// The greatest logit of the rows that step names, from rowsAt on, the first one of equals: its token, then itself. Groups of 256, one for each row.
KERNEL void LANES(256) argmax(GLOBAL const float *logits, GLOBAL const int *step, int rowsAt, GLOBAL int *results, int vocabulary) {
    AWAIT_EARLIER();
    LOCAL uint orders[256];
    LOCAL int tokens[256];
    GLOBAL const float *row = logits + (long) step[rowsAt + GROUP_X] * vocabulary;
    uint greatest = 0;
    int best = 0x7fffffff;
    for (int token = LANE; token < vocabulary; token += 256) {
        uint order = orderOf(row[token]);
        if (order > greatest || best == 0x7fffffff) {
            greatest = order;
            best = token;
        }
    }
    orders[LANE] = greatest;
    tokens[LANE] = best;
    BARRIER();
    for (int step32 = 128; step32 > 0; step32 /= 2) {
        if (LANE < step32) {
            uint other = orders[LANE + step32];
            int otherToken = tokens[LANE + step32];
            if (other > orders[LANE] || other == orders[LANE] && otherToken < tokens[LANE]) {
                orders[LANE] = other;
                tokens[LANE] = otherToken;
            }
        }
        BARRIER();
    }
    if (LANE == 0) {
        results[2 * GROUP_X] = tokens[0];
        results[2 * GROUP_X + 1] = (int) AS_UINT(row[tokens[0]]);
    }
}

// The k greatest logits of a row, and those that equal the least of these; in step stand, from rowsAt on, the row and k, by turns. A result
// is their number, which may be more than there is room for, then their tokens and themselves, by turns. Groups of 256, one for each row.
KERNEL void LANES(256) top_k(GLOBAL const float *logits, GLOBAL const int *step, int rowsAt, GLOBAL int *results, int vocabulary,
        int capacity) {
    AWAIT_EARLIER();
    LOCAL uint histogram[256];
    LOCAL uint found[3];
    GLOBAL const float *row = logits + (long) step[rowsAt + 2 * GROUP_X] * vocabulary;
    GLOBAL int *result = results + (long) GROUP_X * (1 + 2 * capacity);
    uint wanted = (uint) step[rowsAt + 2 * GROUP_X + 1];
    uint least = 0;
    uint known = 0;
    for (int shift = 24; shift >= 0; shift -= 8) {
        histogram[LANE] = 0;
        BARRIER();
        for (int token = LANE; token < vocabulary; token += 256) {
            uint order = orderOf(row[token]);
            if ((order & known) == least) {
                ATOMIC_ADD(&histogram[order >> shift & 255u], 1u);
            }
        }
        BARRIER();
        if (LANE == 0) {
            uint above = 0;
            int bin = 255;
            while (bin > 0 && above + histogram[bin] < wanted) {
                above += histogram[bin];
                bin--;
            }
            found[0] = (uint) bin;
            found[1] = wanted - above;
            found[2] = 0;
        }
        BARRIER();
        least |= found[0] << shift;
        known |= 255u << shift;
        wanted = found[1];
        BARRIER();
    }
    for (int token = LANE; token < vocabulary; token += 256) {
        float logit = row[token];
        if (orderOf(logit) >= least) {
            uint at = ATOMIC_ADD(&found[2], 1u);
            if (at < (uint) capacity) {
                result[1 + 2 * at] = token;
                result[2 + 2 * at] = (int) AS_UINT(logit);
            }
        }
    }
    BARRIER();
    if (LANE == 0) {
        result[0] = (int) found[2];
    }
}
