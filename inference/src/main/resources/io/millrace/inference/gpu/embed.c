// Made for each FORMAT: x = rows of the table. Groups of 32 lanes, one for each 32 units and token.
KERNEL void LANES(32) PASTE(embed_, FORMAT)(GLOBAL const uchar *table, GLOBAL const int *step, int tokensAt, GLOBAL float *x,
        int columns, int blocks, int tileBytes) {
    AWAIT_EARLIER();
    int unit = GROUP_X * 32 + LANE;
    if (unit * UNIT < columns) {
        uint raw[PASTE(FETCHED_, FORMAT)];
        PAIR v[16];
        int row = step[tokensAt + GROUP_Y];
        PASTE(fetch_, FORMAT)(table + (long) (row / TILE_ROWS) * tileBytes, row % TILE_ROWS, blocks, (uint) unit, raw);
        PASTE(expand_, FORMAT)(raw, (uint) unit, v);
        for (int i = 0; i < 16; i++) {
            int column = PASTE(PLACE_, FORMAT)(unit, i / 4) * 8 + i % 4 * 2;
            if (column < columns) {
                x[(long) GROUP_Y * columns + column] = firstOf(v[i]);
                x[(long) GROUP_Y * columns + column + 1] = secondOf(v[i]);
            }
        }
    }
}
