// Weaves one part of each block of some rows into its plane: parts, pieces and tiles are counted in halves, and what is behind the rows' blocks
// becomes zero. Of each tile they fill some rows, from rowAt on. Groups of 256, one for each row.
KERNEL void LANES(256) split(GLOBAL const ushort *from, GLOBAL ushort *to, int firstRow, int rowsOfTile, int rowAt, int blocks,
        int tileHalves, int planeAt, int blockHalves, int partAt, int partHalves, int pieceHalves, int planeHalves) {
    int row = (firstRow + GROUP_X) % rowsOfTile + rowAt;
    GLOBAL const ushort *in = from + (long) GROUP_X * blocks * blockHalves + partAt;
    GLOBAL ushort *plane = to + (long) ((firstRow + GROUP_X) / rowsOfTile) * tileHalves + planeAt;
    for (int i = LANE; i < planeHalves; i += 256) {
        int block = i / partHalves;
        plane[(i / pieceHalves * TILE_ROWS + row) * pieceHalves + i % pieceHalves]
                = block < blocks ? in[(long) block * blockHalves + i % partHalves] : 0;
    }
}

// Groups of 256.
KERNEL void LANES(256) clear(GLOBAL uint *words, int count) {
    for (int i = GROUP_X * 256 + LANE; i < count; i += 256 * 1024) {
        words[i] = 0;
    }
}
