package io.millrace.inference.quantize;

import static io.millrace.inference.gguf.TensorType.Q3_K;
import static io.millrace.inference.gguf.TensorType.Q4_K;
import static io.millrace.inference.gguf.TensorType.Q5_K;

import io.millrace.inference.gguf.TensorType;

/**
 * What a quantised model is called by, such as Q4_K_M: a type for most matrices, and rules for those that suffer more from few bits. The names and rules are
 * llama.cpp's for Llama models: those with an importance matrix for IQ1, IQ2 and IQ3_XXS, whose rules name types that need one, and those without for the others.
 */
public enum QuantizationRecipe {
    F32(TensorType.F32, 0),
    F16(TensorType.F16, 1),
    BF16(TensorType.BF16, 32),
    Q8_0(TensorType.Q8_0, 7),
    Q4_0(TensorType.Q4_0, 2),
    Q4_1(TensorType.Q4_1, 3),
    Q5_0(TensorType.Q5_0, 8),
    Q5_1(TensorType.Q5_1, 9),
    Q2_K(TensorType.Q2_K, 10) {
        @Override
        TensorType sensitive(MatrixPlace place) {
            return switch (place.role()) {
                case ATTENTION_VALUE -> place.queriesAKey() >= 4 ? Q4_K : Q3_K;
                case ATTENTION_OUTPUT, FEED_FORWARD_DOWN -> Q3_K;
                default -> type();
            };
        }
    },
    Q3_K_S(Q3_K, 11),
    Q3_K_M(Q3_K, 12) {
        @Override
        TensorType sensitive(MatrixPlace place) {
            return switch (place.role()) {
                case ATTENTION_VALUE -> place.layer() < 2 ? Q5_K : Q4_K;
                case ATTENTION_OUTPUT -> Q4_K;
                case FEED_FORWARD_DOWN -> place.layer() < place.layers() / 16 ? Q5_K : Q4_K;
                default -> type();
            };
        }
    },
    Q3_K_L(Q3_K, 13) {
        @Override
        TensorType sensitive(MatrixPlace place) {
            return switch (place.role()) {
                case ATTENTION_VALUE, ATTENTION_OUTPUT, FEED_FORWARD_DOWN -> Q5_K;
                default -> type();
            };
        }
    },
    Q4_K_S(Q4_K, 14) {
        @Override
        TensorType sensitive(MatrixPlace place) {
            return switch (place.role()) {
                case ATTENTION_VALUE -> place.layer() < 4 ? Q5_K : type();
                case FEED_FORWARD_DOWN -> place.isFirstEighth() ? Q5_K : type();
                default -> type();
            };
        }
    },
    Q4_K_M(Q4_K, 15),
    Q5_K_S(Q5_K, 16),
    Q5_K_M(Q5_K, 17),
    Q6_K(TensorType.Q6_K, 18),
    IQ4_NL(TensorType.IQ4_NL, 25),
    IQ4_XS(TensorType.IQ4_XS, 30),
    IQ1_S(TensorType.IQ1_S, 24),
    IQ1_M(TensorType.IQ1_M, 31),
    IQ2_XXS(TensorType.IQ2_XXS, 19),
    IQ2_XS(TensorType.IQ2_XS, 20),
    IQ2_S(TensorType.IQ2_XS, 28),
    IQ2_M(TensorType.IQ2_S, 29),
    IQ3_XXS(TensorType.IQ3_XXS, 23) {
        @Override
        TensorType sensitive(MatrixPlace place) {
            return switch (place.role()) {
                case ATTENTION_VALUE -> place.queriesAKey() >= 4 ? Q4_K : type();
                case ATTENTION_QUERY, ATTENTION_KEY -> TensorType.IQ2_S;
                case ATTENTION_OUTPUT -> TensorType.IQ3_S;
                default -> type();
            };
        }
    },
    IQ3_XS(TensorType.IQ3_S, 22) {
        @Override
        TensorType sensitive(MatrixPlace place) {
            return switch (place.role()) {
                case ATTENTION_VALUE -> place.queriesAKey() >= 4 ? Q4_K : type();
                case ATTENTION_QUERY, ATTENTION_KEY -> TensorType.IQ3_XXS;
                case FEED_FORWARD_UP -> place.isFirstEighth() || place.isLastEighth() ? type() : TensorType.IQ3_XXS;
                default -> type();
            };
        }
    },
    IQ3_S(TensorType.IQ3_S, 26) {
        @Override
        TensorType sensitive(MatrixPlace place) {
            boolean isShared = place.role() == MatrixPlace.Role.ATTENTION_VALUE && place.queriesAKey() >= 4;
            return isShared ? Q4_K : type();
        }
    },
    IQ3_M(TensorType.IQ3_S, 27) {
        @Override
        TensorType sensitive(MatrixPlace place) {
            return switch (place.role()) {
                case ATTENTION_VALUE, ATTENTION_OUTPUT -> Q4_K;
                case FEED_FORWARD_DOWN -> place.isFirstEighth() ? Q4_K : type();
                default -> type();
            };
        }
    },
    TQ1_0(TensorType.TQ1_0, 36),
    TQ2_0(TensorType.TQ2_0, 37);

    private final TensorType type;
    private final int fileType;

    QuantizationRecipe(TensorType type, int fileType) {
        this.type = type;
        this.fileType = fileType;
    }

    /** Most matrices' type. */
    public TensorType type() {
        return type;
    }

    /** What the file says it is, in {@code general.file_type}. */
    int fileType() {
        return fileType;
    }

    /** The type of one matrix, whatever its width. */
    TensorType typeOf(MatrixPlace place) {
        boolean isQuantised = type.blockSize() > 1;
        if (!isQuantised) {
            return type;
        }
        return switch (place.role()) {
            case OUTPUT -> output();
            case EMBEDDING -> embedding();
            default -> sensitive(place);
        };
    }

    private TensorType output() {
        return switch (this) {
            case Q8_0 -> type;
            case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ2_M, IQ3_XXS -> Q5_K;
            default -> TensorType.Q6_K;
        };
    }

    private TensorType embedding() {
        return switch (this) {
            case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS -> TensorType.Q2_K;
            case IQ2_S, IQ2_M, IQ3_XXS -> TensorType.IQ3_S;
            case TQ1_0, TQ2_0 -> Q4_K;
            default -> type;
        };
    }

    /** The type of a matrix within a layer; recipes with rules that no other has state them themselves. */
    TensorType sensitive(MatrixPlace place) {
        return switch (this) {
            case IQ1_S, IQ1_M -> lowest(place, TensorType.IQ2_XXS);
            case IQ2_XXS, IQ2_XS -> lowest(place, type);
            case IQ2_S, IQ2_M -> lowest(place, TensorType.IQ3_S);
            case Q4_K_M, Q5_K_M -> moreBitsHereAndThere(place);
            case IQ4_NL, IQ4_XS -> moreBitsForNonLinear(place);
            default -> type;
        };
    }

    /** For recipes of one and two bits, which differ in the type of attention's output. */
    private TensorType lowest(MatrixPlace place, TensorType attentionOutput) {
        TensorType more = embedding();
        return switch (place.role()) {
            case ATTENTION_VALUE -> place.queriesAKey() >= 4 ? Q4_K : more;
            case ATTENTION_OUTPUT -> attentionOutput;
            case FEED_FORWARD_DOWN -> place.isFirstEighth() ? more : type;
            default -> type;
        };
    }

    private TensorType moreBitsHereAndThere(MatrixPlace place) {
        boolean isSensitive = place.role() == MatrixPlace.Role.ATTENTION_VALUE
                || place.role() == MatrixPlace.Role.FEED_FORWARD_DOWN;
        return isSensitive && place.hasMoreBits() ? TensorType.Q6_K : type;
    }

    private TensorType moreBitsForNonLinear(MatrixPlace place) {
        return switch (place.role()) {
            case ATTENTION_VALUE -> place.queriesAKey() >= 4 ? Q5_K : type;
            case FEED_FORWARD_DOWN -> place.isFirstEighth() ? Q5_K : type;
            default -> type;
        };
    }

    /** What takes a type's place in rows that its blocks do not fill. */
    static TensorType fitting(TensorType wanted, int columns) {
        if (columns % wanted.blockSize() == 0) {
            return wanted;
        }
        TensorType smaller = switch (wanted) {
            case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ4_XS, Q2_K, Q3_K -> TensorType.IQ4_NL;
            case TQ1_0, TQ2_0 -> TensorType.Q4_0;
            case Q4_K -> TensorType.Q5_0;
            case Q5_K -> TensorType.Q5_1;
            case Q6_K -> TensorType.Q8_0;
            default -> TensorType.F16;
        };
        return columns % smaller.blockSize() == 0 ? smaller : TensorType.F16;
    }
}
