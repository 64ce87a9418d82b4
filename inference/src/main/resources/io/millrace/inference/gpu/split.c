// Weaves one part of each block of some rows into its plane: parts, pieces and tiles are counted in halves, and what is behind the rows' blocks
// becomes zero. Of each tile they fill some rows, from rowAt on. Groups of 256, one for each row.
KERNEL void LANES(256) split(GLOBAL const ushort *from, GLOBAL ushort *to, int firstRow, int rowsOfTile, int rowAt, int blocks,
        int tileHalves, int planeAt, int blockHalves, int partAt, int partHalves, int pieceHalves, int planeHalves) {
    AWAIT_EARLIER();
    int row = (firstRow + GROUP_X) % rowsOfTile + rowAt;
    GLOBAL const ushort *in = from + (long) GROUP_X * blocks * blockHalves + partAt;
    GLOBAL ushort *plane = to + (long) ((firstRow + GROUP_X) / rowsOfTile) * tileHalves + planeAt;
    for (int i = LANE; i < planeHalves; i += 256) {
        int block = i / partHalves;
        plane[(i / pieceHalves * TILE_ROWS + row) * pieceHalves + i % pieceHalves]
                = block < blocks ? in[(long) block * blockHalves + i % partHalves] : 0;
    }
}

// Zeros, in pieces of 16 bytes. 1,024 groups of 256.
KERNEL void LANES(256) clear(GLOBAL uint4 *pieces, int count) {
    AWAIT_EARLIER();
    uint4 zeros;
    zeros.x = zeros.y = zeros.z = zeros.w = 0;
    for (uint i = GROUP_X * 256 + LANE; i < (uint) count; i += 256 * 1024) {
        pieces[i] = zeros;
    }
}
