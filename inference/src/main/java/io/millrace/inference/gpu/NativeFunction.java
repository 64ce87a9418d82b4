package io.millrace.inference.gpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;

/** A function of a driver's library that returns an error code, or something with the code behind a pointer. */
final class NativeFunction {
    private final String name;
    private final MethodHandle handle;

    private NativeFunction(String name, MethodHandle handle) {
        this.name = name;
        this.handle = handle;
    }

    /**
     * Finds one that returns a code.
     *
     * @throws java.util.NoSuchElementException if the library has none of that name
     */
    static NativeFunction code(SymbolLookup library, String name, MemoryLayout... parameters) {
        return of(library, name, FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters));
    }

    /** Finds one that returns a pointer. */
    static NativeFunction pointer(SymbolLookup library, String name, MemoryLayout... parameters) {
        return of(library, name, FunctionDescriptor.of(ValueLayout.ADDRESS, parameters));
    }

    private static NativeFunction of(SymbolLookup library, String name, FunctionDescriptor signature) {
        MethodHandle exact = Linker.nativeLinker().downcallHandle(library.findOrThrow(name), signature);
        int parameters = exact.type().parameterCount();
        return new NativeFunction(name, exact.asType(MethodType.genericMethodType(parameters))
                .asSpreader(Object[].class, parameters));
    }

    String name() {
        return name;
    }

    int code(Object... arguments) {
        return (int) call(arguments);
    }

    MemorySegment pointer(Object... arguments) {
        return (MemorySegment) call(arguments);
    }

    private Object call(Object... arguments) {
        try {
            return handle.invokeExact(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(name, e);
        }
    }
}
