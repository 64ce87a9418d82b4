package io.millrace.schemas;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The likelihoods of a token event. */
final class LogprobsJson {
    private static final String NAME = "logprobs";

    private LogprobsJson() {}

    /** Null when there are none. */
    static TokenLogprobs read(Fields event) {
        if (event.object(NAME) == null) {
            return null;
        }
        Fields fields = event.requiredFields(NAME);
        return new TokenLogprobs(scored(fields.requiredFields("chosen")),
                fields.required("top", fields.objects("top")).stream().map(LogprobsJson::scored).toList());
    }

    private static ScoredToken scored(Fields fields) {
        List<Integer> bytes = new ArrayList<>();
        for (JsonNode element : fields.required("bytes", fields.array("bytes"))) {
            if (!element.isInt()) {
                throw fields.wrong("bytes", "an array of whole numbers from 0 to 255", element);
            }
            bytes.add(element.intValue());
        }
        return new ScoredToken(fields.requiredInteger("token"), bytes, fields.requiredNumber("logprob"));
    }

    static void write(JsonGenerator json, TokenLogprobs logprobs) throws IOException {
        json.writeObjectFieldStart(NAME);
        json.writeFieldName("chosen");
        write(json, logprobs.chosen());
        json.writeArrayFieldStart("top");
        for (ScoredToken token : logprobs.top()) {
            write(json, token);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ScoredToken token) throws IOException {
        json.writeStartObject();
        json.writeNumberField("token", token.token());
        json.writeArrayFieldStart("bytes");
        for (int value : token.bytes()) {
            json.writeNumber(value);
        }
        json.writeEndArray();
        json.writeNumberField("logprob", token.logprob());
        json.writeEndObject();
    }
}
