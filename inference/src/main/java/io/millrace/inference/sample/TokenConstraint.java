package io.millrace.inference.sample;

/** Which tokens may come next, whatever their logits. One generation's; not thread-safe. */
public interface TokenConstraint {
    /** Every token may come at any place. */
    TokenConstraint NONE = new TokenConstraint() {
        @Override
        public boolean allows(int token) {
            return true;
        }

        @Override
        public void accept(int token) {
            // nothing to follow
        }

        @Override
        public boolean isComplete() {
            return false;
        }
    };

    boolean allows(int token);

    /** Goes on, behind a generated token. */
    void accept(int token);

    /** Whether nothing may come any more: the generation ends. */
    boolean isComplete();
}
