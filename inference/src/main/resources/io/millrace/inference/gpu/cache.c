#define number_F32 float
#define load_F32(p) (*(p))
#define store_F32(value, p) (*(p) = (value))
#define number_F16 ushort
#define load_F16(p) LOAD_HALF(p)
#define store_F16(value, p) STORE_HALF(value, p)
