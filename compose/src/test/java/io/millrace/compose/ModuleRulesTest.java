package io.millrace.compose;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may know whom; docs of the packages say why. */
class ModuleRulesTest {
    private static JavaClasses millrace;

    @BeforeAll
    static void read() {
        millrace = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.millrace");
    }

    @Test
    void ingestAndSinkDoNotKnowEachOther() {
        noClasses().that().resideInAPackage("io.millrace.ingest..").should().dependOnClassesThat()
                .resideInAPackage("io.millrace.sink..").check(millrace);
        noClasses().that().resideInAPackage("io.millrace.sink..").should().dependOnClassesThat()
                .resideInAPackage("io.millrace.ingest..").check(millrace);
    }

    @Test
    void nobodyKnowsCompose() {
        noClasses().that().resideOutsideOfPackage("io.millrace.compose..").should().dependOnClassesThat()
                .resideInAPackage("io.millrace.compose..").check(millrace);
    }

    @Test
    void inferenceKnowsNoOtherModule() {
        classes().that().resideInAPackage("io.millrace.inference..").should().onlyDependOnClassesThat()
                // the JDK's own, of which com.sun.management tells how much memory a machine has
                .resideInAnyPackage("io.millrace.inference..", "java..", "javax..", "jdk..", "com.sun.management..",
                        "reactor..",
                        "org.reactivestreams..", "org.slf4j..",
                        "com.fasterxml.jackson..")
                .check(millrace);
    }

    @Test
    void schemasKnowNoOtherModule() {
        classes().that().resideInAPackage("io.millrace.schemas..").should().onlyDependOnClassesThat()
                .resideInAnyPackage("io.millrace.schemas..", "java..", "com.fasterxml.jackson..",
                        "org.apache.kafka.common..")
                .check(millrace);
    }

    @Test
    void tracesAreOnePackagesBusiness() {
        noClasses().that().resideOutsideOfPackage("io.millrace.compose.trace..").should().dependOnClassesThat()
                .resideInAPackage("io.opentelemetry..").check(millrace);
    }

    @Test
    void vectorsAreTheKernelsBusiness() {
        noClasses().that().resideOutsideOfPackage("io.millrace.inference.kernel..").should().dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector..").check(millrace);
    }

    @Test
    void driversOfGraphicsProcessorsKnowNoModels() {
        classes().that().resideInAPackage("io.millrace.inference.gpu..").should().onlyDependOnClassesThat()
                .resideInAnyPackage("io.millrace.inference.gpu..", "io.millrace.inference.gguf..", "org.slf4j..",
                        "java..")
                .check(millrace);
    }
}
