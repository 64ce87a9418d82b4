package io.millrace.inference;

import io.millrace.inference.kernel.Kernels;
import io.millrace.inference.kernel.Matrix;
import io.millrace.inference.model.LlamaConfig;
import io.millrace.inference.model.LlamaWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Embeddings by Llama's equations in plain loops of double precision, token by token: slow, and nothing in common with the engine but the weights. */
final class PlainEmbedding {
    private final LlamaConfig config;
    private final LlamaWeights weights;
    private final Map<Matrix, double[][]> dequantised = new HashMap<>();
    private final List<List<double[]>> keys = new ArrayList<>();
    private final List<List<double[]>> values = new ArrayList<>();

    private PlainEmbedding(LanguageModel model) {
        config = model.config();
        weights = model.weights();
        for (int layer = 0; layer < config.layers(); layer++) {
            keys.add(new ArrayList<>());
            values.add(new ArrayList<>());
        }
    }

    static double[] of(LanguageModel model, List<Integer> tokens) {
        var plain = new PlainEmbedding(model);
        var sum = new double[plain.config.width()];
        for (int position = 0; position < tokens.size(); position++) {
            double[] hidden = plain.hidden(tokens.get(position), position);
            IntStream.range(0, sum.length).forEach(i -> sum[i] += hidden[i]);
        }
        double length = Math.sqrt(dot(sum, 0, sum, 0, sum.length));
        return IntStream.range(0, sum.length).mapToDouble(i -> sum[i] / length).toArray();
    }

    private double[] hidden(int token, int position) {
        double[] x = row(weights.tokenEmbedding(), token);
        for (int i = 0; i < config.layers(); i++) {
            LlamaWeights.Layer layer = weights.layers().get(i);
            double[] normed = norm(x, layer.attentionNorm());
            double[] query = rotated(times(layer.query(), normed), position);
            keys.get(i).add(rotated(times(layer.key(), normed), position));
            values.get(i).add(times(layer.value(), normed));
            add(x, times(layer.attentionOutput(), attended(query, keys.get(i), values.get(i))));
            normed = norm(x, layer.feedForwardNorm());
            double[] gate = times(layer.gate(), normed);
            double[] up = times(layer.up(), normed);
            for (int j = 0; j < gate.length; j++) {
                gate[j] *= up[j] / (1 + Math.exp(-gate[j]));
            }
            add(x, times(layer.down(), gate));
        }
        return norm(x, weights.outputNorm());
    }

    private double[] attended(double[] query, List<double[]> pastKeys, List<double[]> pastValues) {
        int width = config.headWidth();
        var result = new double[query.length];
        for (int head = 0; head < config.heads(); head++) {
            int at = head * width;
            int group = head / (config.heads() / config.keyValueHeads()) * width;
            double[] scores = pastKeys.stream()
                    .mapToDouble(key -> Math.exp(dot(query, at, key, group, width) / Math.sqrt(width))).toArray();
            double all = IntStream.range(0, scores.length).mapToDouble(i -> scores[i]).sum();
            for (int i = 0; i < scores.length; i++) {
                for (int j = 0; j < width; j++) {
                    result[at + j] += scores[i] / all * pastValues.get(i)[group + j];
                }
            }
        }
        return result;
    }

    private double[] rotated(double[] heads, int position) {
        for (int at = 0; at < heads.length; at += config.headWidth()) {
            for (int i = 0; i < config.rotaryWidth(); i += 2) {
                double angle = position * config.rotaryScale()
                        * Math.pow(config.rotaryBase(), -(double) i / config.rotaryWidth())
                        / weights.rotaryFactors()[i / 2];
                double even = heads[at + i];
                double odd = heads[at + i + 1];
                heads[at + i] = even * Math.cos(angle) - odd * Math.sin(angle);
                heads[at + i + 1] = even * Math.sin(angle) + odd * Math.cos(angle);
            }
        }
        return heads;
    }

    private double[] norm(double[] x, float[] weight) {
        double scale = 1 / Math.sqrt(dot(x, 0, x, 0, x.length) / x.length + config.normEpsilon());
        return IntStream.range(0, x.length).mapToDouble(i -> x[i] * scale * weight[i]).toArray();
    }

    private double[] times(Matrix matrix, double[] x) {
        double[][] all = dequantised.computeIfAbsent(matrix, _ -> IntStream.range(0, matrix.rows())
                .mapToObj(i -> row(matrix, i)).toArray(double[][]::new));
        return Arrays.stream(all).mapToDouble(row -> dot(row, 0, x, 0, x.length)).toArray();
    }

    private static double[] row(Matrix matrix, int row) {
        var values = new float[matrix.columns()];
        Kernels.scalar().dequantize(matrix, row, values, 0);
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static double dot(double[] a, int aAt, double[] b, int bAt, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += a[aAt + i] * b[bAt + i];
        }
        return sum;
    }

    private static void add(double[] x, double[] delta) {
        for (int i = 0; i < x.length; i++) {
            x[i] += delta[i];
        }
    }
}
