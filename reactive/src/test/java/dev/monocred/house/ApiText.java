package dev.monocred.house;

import static java.util.stream.Collectors.joining;

import java.lang.module.ModuleDescriptor;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes down the part of a module that users can see: the public and protected members of its exported packages, one to a
 * line, in an order that depends on their names only. Packages exported {@code to} somebody are not for users. What a
 * class gets from a base that users cannot name (a builder's) is shown as its own. Types of {@code java.lang} and ours go
 * without their package.
 */
final class ApiText {

    private static final int SHOWN_MODIFIERS =
            Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.ABSTRACT | Modifier.FINAL;

    private final Class<?> type;

    private ApiText(Class<?> type) {
        this.type = type;
    }

    static String of(Path module) {
        Set<String> exported = Modules.descriptor(module).exports().stream()
                .filter(exports -> !exports.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toSet());
        return Modules.classes(module).stream()
                .filter(name -> exported.contains(name.substring(0, name.lastIndexOf('.'))))
                .map(ApiText::load)
                .filter(ApiText::isVisible)
                .map(ApiText::of)
                .collect(joining("\n"));
    }

    static String of(Class<?> type) {
        return new ApiText(type).text();
    }

    private String text() {
        return header() + " {\n"
                + Stream.of(constructors(), fields(), methods(type, Map.of())).flatMap(lines -> lines)
                        .map(line -> "  " + line + "\n").collect(joining())
                + "}\n";
    }

    private String header() {
        int modifiers = type.getModifiers() & SHOWN_MODIFIERS & (type.isInterface() ? ~Modifier.ABSTRACT : ~0);
        String permits = type.isSealed()
                ? " permits " + Arrays.stream(type.getPermittedSubclasses()).map(ApiText::name).sorted().collect(joining(", "))
                : "";
        return annotations(type) + Modifier.toString(modifiers) + (type.isSealed() ? " sealed " : " ") + kind() + " "
                + type.getCanonicalName() + parameters(type.getTypeParameters(), Map.of()) + superclass() + interfaces() + permits;
    }

    private String kind() {
        if (type.isAnnotation()) {
            return "@interface";
        }
        return type.isInterface() ? "interface" : type.isRecord() ? "record" : type.isEnum() ? "enum" : "class";
    }

    private String superclass() {
        Class<?> visible = type.getSuperclass();
        while (visible != null && !isVisible(visible)) {
            visible = visible.getSuperclass();
        }
        if (visible == null || Set.of(Object.class, Record.class, Enum.class).contains(visible)) {
            return "";
        }
        return " extends " + (visible == type.getSuperclass() ? text(type.getAnnotatedSuperclass(), Map.of()) : name(visible));
    }

    private String interfaces() {
        String names = Arrays.stream(type.getAnnotatedInterfaces()).map(each -> text(each, Map.of())).collect(joining(", "));
        return names.isEmpty() ? "" : (type.isInterface() ? " extends " : " implements ") + names;
    }

    private Stream<String> constructors() {
        return Arrays.stream(type.getDeclaredConstructors()).filter(this::isShown)
                .map(each -> start(each) + parameters(each.getTypeParameters(), Map.of())
                        + type.getSimpleName() + signature(each, Map.of()))
                .sorted();
    }

    private Stream<String> fields() {
        return Arrays.stream(type.getDeclaredFields()).filter(this::isShown)
                .sorted(Comparator.comparing(Field::getName))
                .map(each -> start(each) + text(each.getAnnotatedType(), Map.of()) + " " + each.getName() + value(each));
    }

    private Stream<String> methods(Class<?> owner, Map<String, String> bound) {
        Stream<String> own = Arrays.stream(owner.getDeclaredMethods()).filter(this::isShown)
                .map(each -> each.getName() + "\t" + start(each) + (each.isDefault() ? "default " : "")
                        + (each.getTypeParameters().length == 0 ? "" : parameters(each.getTypeParameters(), bound) + " ")
                        + text(each.getAnnotatedReturnType(), bound) + " " + each.getName() + signature(each, bound));
        Class<?> base = owner.getSuperclass();
        Stream<String> inherited = base == null || isVisible(base) ? Stream.of()
                : methods(base, bindings(owner, bound));
        return owner == type
                ? Stream.concat(own, inherited).sorted().distinct().map(line -> line.substring(line.indexOf('\t') + 1))
                : Stream.concat(own, inherited);
    }

    /** What the type parameters of a hidden base are in the class that extends it. */
    private static Map<String, String> bindings(Class<?> type, Map<String, String> bound) {
        Map<String, String> result = new HashMap<>();
        if (type.getAnnotatedSuperclass() instanceof AnnotatedParameterizedType base) {
            TypeVariable<?>[] parameters = type.getSuperclass().getTypeParameters();
            AnnotatedType[] arguments = base.getAnnotatedActualTypeArguments();
            for (int i = 0; i < parameters.length; i++) {
                result.put(parameters[i].getName(), text(arguments[i], bound));
            }
        }
        return result;
    }

    private static String signature(Executable executable, Map<String, String> bound) {
        AnnotatedType[] thrown = executable.getAnnotatedExceptionTypes();
        return Arrays.stream(executable.getParameters()).map(each -> parameter(each, bound)).collect(joining(", ", "(", ")"))
                + (thrown.length == 0 ? "" : Arrays.stream(thrown).map(each -> text(each, bound)).collect(joining(", ", " throws ", "")));
    }

    private static String parameter(Parameter parameter, Map<String, String> bound) {
        String text = text(parameter.getAnnotatedType(), bound);
        return (parameter.isVarArgs() ? text.substring(0, text.length() - 2) + "..." : text) + " " + parameter.getName();
    }

    private static String parameters(TypeVariable<?>[] variables, Map<String, String> bound) {
        return variables.length == 0 ? "" : Arrays.stream(variables)
                .map(each -> each.getName() + bounds(" extends ", each.getAnnotatedBounds(), bound))
                .collect(joining(", ", "<", ">"));
    }

    private static String bounds(String word, AnnotatedType[] types, Map<String, String> bound) {
        List<String> names = Arrays.stream(types).map(each -> text(each, bound)).filter(name -> !name.equals("Object")).toList();
        return names.isEmpty() ? "" : word + String.join(" & ", names);
    }

    private static String text(AnnotatedType type, Map<String, String> bound) {
        String mark = type.isAnnotationPresent(Nullable.class) ? "@Nullable " : "";
        if (type instanceof AnnotatedArrayType array) {
            return text(array.getAnnotatedGenericComponentType(), bound) + (mark.isEmpty() ? "" : " " + mark) + "[]";
        }
        if (type instanceof AnnotatedWildcardType wildcard) {
            return mark + "?" + bounds(" super ", wildcard.getAnnotatedLowerBounds(), bound)
                    + bounds(" extends ", wildcard.getAnnotatedUpperBounds(), bound);
        }
        if (type instanceof AnnotatedParameterizedType parameterized) {
            return mark + name(((ParameterizedType) type.getType()).getRawType())
                    + Arrays.stream(parameterized.getAnnotatedActualTypeArguments()).map(each -> text(each, bound))
                            .collect(joining(", ", "<", ">"));
        }
        String name = name(type.getType());
        return mark + bound.getOrDefault(name, name);
    }

    private static String name(Type type) {
        if (!(type instanceof Class<?> named)) {
            return type.getTypeName();
        }
        String home = named.isPrimitive() ? "" : named.getPackageName();
        boolean isPlain = home.equals("java.lang") || home.startsWith("dev.monocred");
        return isPlain ? named.getCanonicalName().substring(home.length() + 1) : named.getCanonicalName();
    }

    private <M extends AnnotatedElement & Member> String start(M member) {
        int hidden = type.isInterface() ? Modifier.ABSTRACT : Modifier.isFinal(type.getModifiers()) && member instanceof Method
                ? Modifier.FINAL : 0;
        return annotations(member) + Modifier.toString(member.getModifiers() & SHOWN_MODIFIERS & ~hidden) + " ";
    }

    private static String annotations(AnnotatedElement element) {
        return Stream.of(Deprecated.class, FunctionalInterface.class).filter(element::isAnnotationPresent)
                .map(each -> "@" + each.getSimpleName() + " ").collect(joining());
    }

    private static String value(Field field) {
        int constant = Modifier.STATIC | Modifier.FINAL;
        boolean isConstant = (field.getModifiers() & constant) == constant
                && (field.getType().isPrimitive() || field.getType() == String.class);
        try {
            return isConstant ? " = " + (field.getType() == String.class ? "\"" + field.get(null) + "\"" : field.get(null)) : "";
        } catch (IllegalAccessException e) {
            return "";
        }
    }

    private boolean isShown(Member member) {
        boolean protectedIsVisible = !Modifier.isFinal(type.getModifiers());
        return !member.isSynthetic() && (Modifier.isPublic(member.getModifiers())
                || (Modifier.isProtected(member.getModifiers()) && protectedIsVisible));
    }

    /** Whether users can name it: it and everything around it is public or protected. */
    private static boolean isVisible(Class<?> type) {
        return !type.isAnonymousClass() && !type.isLocalClass() && !type.isSynthetic()
                && (type.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0
                && (type.getEnclosingClass() == null || isVisible(type.getEnclosingClass()));
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ApiText.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
