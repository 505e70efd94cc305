package org.sparknorm.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.io.Serializable;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes the records of {@link RunConfig} from a resolved configuration. The library checks most types. */
final class ConfigBinder {
    private static final String AUTO = "auto";
    private static final String NONE = "none";
    private static final double TWO_TO_63 = 0x1p63;

    private final Config config;

    ConfigBinder(Config config) {
        this.config = config;
    }

    /** @throws RefusedException if a value is missing or has the wrong type; the message names the key */
    <T> T bind(Class<T> section, String prefix) {
        return Sections.make(section, component -> {
            String path = prefix + Sections.key(component);
            return Sections.isSection(component.getType())
                    ? bind(component.getType(), path + ".")
                    : checkedValue(path, component.getGenericType());
        });
    }

    private Object checkedValue(String path, Type type) {
        try {
            return value(path, type);
        } catch (ConfigException.Missing e) {
            throw new RefusedException(path + " is not set", "give it in the configuration or as " + path + "=VALUE");
        } catch (ConfigException e) {
            throw wrong(path, expected(type));
        }
    }

    private RefusedException wrong(String path, String expected) {
        String given = config.hasPathOrNull(path)
                ? config.getValue(path).unwrapped() + " ("
                        + config.getValue(path).origin().description() + ")"
                : "missing";
        return new RefusedException(path + " = " + given + " is not " + expected, "correct the value");
    }

    private Object value(String path, Type type) {
        if (type instanceof ParameterizedType generic) {
            Type element = generic.getActualTypeArguments()[0];
            if (generic.getRawType() == Setting.class) {
                return new Setting<>(config.hasPath(path) ? (Serializable) value(path, element) : null);
            }
            return element == Integer.class ? wholeNumbers(path) : config.getLongList(path);
        }
        Class<?> single = (Class<?>) type;
        if (single.isEnum()) {
            return constant(path, single);
        }
        return switch (single.getSimpleName()) {
            case "String" -> config.getString(path);
            case "boolean" -> config.getBoolean(path);
            case "double", "Double" -> finite(path, config.getDouble(path));
            case "int" -> Math.toIntExact(whole(path, Integer.MAX_VALUE));
            case "long", "Long" -> whole(path, Long.MAX_VALUE);
            case "Duration" -> duration(path);
            case "AutoInteger" -> autoInteger(path);
            case "ChannelValues" -> channelValues(path);
            case "Limit" -> limit(path);
            case "Range" -> range(path);
            default -> throw new IllegalStateException("no reader for " + type + " of " + path);
        };
    }

    private static String expected(Type type) {
        Class<?> single = ConfigSchema.rawType(type);
        if (single.isEnum()) {
            return "one of " + String.join(", ", ConfigWords.words(single));
        }
        return switch (single.getSimpleName()) {
            case "String" -> "a text";
            case "boolean" -> "true or false";
            case "double", "Double" -> "a number";
            case "int", "long", "Long" -> "a whole number";
            case "Duration" -> "a time such as 10s or 5min";
            case "AutoInteger" -> "a whole number from 1 or auto";
            case "ChannelValues" -> "a number, a list of numbers or none";
            case "Limit" -> "a number or none";
            case "Range" -> "two numbers such as [0.5, 1]";
            default -> "a list of whole numbers";
        };
    }

    private long whole(String path, long largest) {
        double number = config.getNumber(path).doubleValue();
        boolean beyondLong = Math.abs(number) >= TWO_TO_63;
        if (number != Math.rint(number) || beyondLong || Math.abs(config.getLong(path)) > largest) {
            throw new ConfigException.BadValue(path, "not whole");
        }
        return config.getLong(path);
    }

    private static List<Double> finite(String path, List<Double> numbers) {
        numbers.forEach(number -> finite(path, number));
        return numbers;
    }

    private static double finite(String path, double number) {
        if (!Double.isFinite(number)) {
            throw new ConfigException.BadValue(path, "not finite");
        }
        return number;
    }

    private List<Integer> wholeNumbers(String path) {
        List<Integer> numbers = new ArrayList<>();
        for (Number number : config.getNumberList(path)) {
            if (number.doubleValue() != number.intValue()) {
                throw new ConfigException.BadValue(path, "not whole");
            }
            numbers.add(number.intValue());
        }
        return List.copyOf(numbers);
    }

    private Object constant(String path, Class<?> enumeration) {
        String word = config.getString(path);
        for (Object constant : enumeration.getEnumConstants()) {
            if (ConfigWords.word((Enum<?>) constant).equals(word)) {
                return constant;
            }
        }
        throw new ConfigException.BadValue(path, "unknown word");
    }

    /** Reads a time with its unit. HOCON knows {@code 10m} and {@code 10 minutes}; {@code 10min} is allowed, too. */
    private Duration duration(String path) {
        String text = config.getString(path).trim();
        if (text.isEmpty() || Character.isDigit(text.charAt(text.length() - 1))) {
            throw new ConfigException.BadValue(path, "no unit");
        }
        if (!text.endsWith("min")) {
            return config.getDuration(path);
        }
        String minutes = text.substring(0, text.length() - "min".length()).trim();
        try {
            return Duration.ofMinutes(Long.parseLong(minutes));
        } catch (NumberFormatException | ArithmeticException e) {
            throw new ConfigException.BadValue(path, "no number of minutes", e);
        }
    }

    private AutoInteger autoInteger(String path) {
        if (config.getString(path).equals(AUTO)) {
            return AutoInteger.AUTO;
        }
        long number = whole(path, Integer.MAX_VALUE);
        if (number < 1) {
            throw new ConfigException.BadValue(path, "below 1");
        }
        return new AutoInteger((int) number);
    }

    private Limit limit(String path) {
        return config.getString(path).equals(NONE) ? Limit.NONE : new Limit(finite(path, config.getDouble(path)));
    }

    private Range range(String path) {
        List<Double> numbers = finite(path, config.getDoubleList(path));
        if (numbers.size() != 2) {
            throw new ConfigException.BadValue(path, "not two numbers");
        }
        return new Range(numbers.get(0), numbers.get(1));
    }

    private ChannelValues channelValues(String path) {
        return switch (config.getValue(path).valueType()) {
            case LIST -> new ChannelValues(finite(path, config.getDoubleList(path)));
            case STRING ->
                config.getString(path).equals(NONE)
                        ? ChannelValues.NONE
                        : new ChannelValues(finite(path, List.of(config.getDouble(path))));
            default -> new ChannelValues(finite(path, List.of(config.getDouble(path))));
        };
    }
}
