package io.millrace.compose.pipeline;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.testcontainers.DockerClientFactory;

/** Where the brokers of tests run. */
enum Kafka {
    EMBEDDED {
        @Override
        TestBroker start() {
            return EmbeddedTestBroker.start();
        }
    },
    /** As others run it: nothing of its settings is ours. Needs an engine for containers, and the image, which that fetches. */
    CONTAINER {
        @Override
        TestBroker start() {
            assumeTrue(DockerClientFactory.instance().isDockerAvailable(),
                    "no engine for containers answers here, so these tests run against the embedded broker only");
            return ContainerBroker.start();
        }
    };

    /** One broker, whose data ends with it. */
    abstract TestBroker start();
}
