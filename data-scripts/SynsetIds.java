import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Prints the WordNet id of every class of ILSVRC 2012, one line {@code ID WNID} for each, in the order of ids:
 * {@code java SynsetIds.java meta.mat}.
 *
 * <p>meta.mat is a MATLAB file of level 5 ("MAT-File Format", The MathWorks, chapter 1): a header of 128 bytes, then
 * elements of a type, a size in bytes and the data, padded to 8 bytes; an element may hold others, deflated. The classes
 * are the structure array {@code synsets}, of whose fields {@code ILSVRC2012_ID} and {@code WNID} are read. Every size is
 * checked against the bytes that are left.
 */
public final class SynsetIds {
    private static final int HEADER_BYTES = 128;
    private static final int LARGEST_INFLATED_BYTES = 1 << 28;

    // Types of elements.
    private static final int INT8 = 1;
    private static final int UINT8 = 2;
    private static final int INT16 = 3;
    private static final int UINT16 = 4;
    private static final int INT32 = 5;
    private static final int UINT32 = 6;
    private static final int SINGLE = 7;
    private static final int DOUBLE = 9;
    private static final int MATRIX = 14;
    private static final int COMPRESSED = 15;
    private static final int UTF8 = 16;
    private static final int UTF16 = 17;

    // Classes of arrays.
    private static final int STRUCTURE = 2;
    private static final int CHARACTERS = 4;
    private static final int FIRST_NUMERIC = 6;

    /** A type and its bytes, from the buffer's position to its limit. */
    private record Element(int type, ByteBuffer data) {}

    /** The head of an array; data is what follows its name. */
    private record Matrix(int kind, long count, String name, ByteBuffer data) {}

    /** Reports that the file is not what it should be. */
    private static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1;

        DamagedException(String message) {
            super(message);
        }
    }

    private SynsetIds() {}

    public static void main(String[] arguments) {
        if (arguments.length != 1) {
            refuse(arguments.length + " files are given", "use: java SynsetIds.java meta.mat");
        }
        try {
            StringBuilder lines = new StringBuilder();
            read(ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[0]))))
                    .forEach((id, name) ->
                            lines.append(id).append(' ').append(name).append('\n'));
            System.out.print(lines);
            System.out.flush();
        } catch (DamagedException e) {
            refuse(arguments[0] + " " + e.getMessage(), "take the original file");
        } catch (BufferUnderflowException e) {
            refuse(arguments[0] + " ends too early", "take the original file");
        } catch (IOException e) {
            refuse(arguments[0] + " cannot be read (" + e + ")", "name a file that can");
        }
    }

    private static void refuse(String cause, String cure) {
        System.err.println("error: " + cause + "; " + cure);
        System.exit(2);
    }

    private static Map<Integer, String> read(ByteBuffer file) throws DamagedException {
        if (file.remaining() < HEADER_BYTES) {
            throw new DamagedException("is no MATLAB file");
        }
        // The two letters MI, as a number in the order of the machine that wrote it.
        String order = new String(new byte[] {file.get(126), file.get(127)}, StandardCharsets.ISO_8859_1);
        if (!order.equals("IM") && !order.equals("MI")) {
            throw new DamagedException("is no MATLAB file of level 5");
        }
        file.order(order.equals("IM") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        file.position(HEADER_BYTES);
        while (file.hasRemaining()) {
            Element element = next(file);
            if (element.type() == COMPRESSED) {
                element = next(inflate(element.data()));
            }
            if (element.type() == MATRIX && element.data().hasRemaining()) {
                Matrix matrix = matrix(element.data());
                if (matrix.name().equals("synsets")) {
                    return synsets(matrix);
                }
            }
        }
        throw new DamagedException("has no array synsets");
    }

    /** Reads the element at the position of the buffer, and moves the position after it. */
    private static Element next(ByteBuffer buffer) throws DamagedException {
        int word = buffer.getInt();
        int type = word & 0xffff;
        int size = word >>> 16;
        boolean small = size != 0;
        if (!small) {
            type = word;
            size = buffer.getInt();
        }
        if (size < 0 || size > buffer.remaining() || (small && size > 4)) {
            throw new DamagedException("has an element of " + Integer.toUnsignedString(size) + " bytes, where "
                    + buffer.remaining() + " are left");
        }
        ByteBuffer data = buffer.slice(buffer.position(), size).order(buffer.order());
        int padded = small ? 4 : type == COMPRESSED ? size : (size + 7) & ~7;
        // The last element may come without its padding.
        buffer.position(buffer.position() + Math.min(padded, buffer.remaining()));
        return new Element(type, data);
    }

    private static ByteBuffer inflate(ByteBuffer deflated) throws DamagedException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(deflated);
            ByteArrayOutputStream inflated = new ByteArrayOutputStream();
            byte[] block = new byte[1 << 16];
            while (!inflater.finished()) {
                int count = inflater.inflate(block);
                if (count == 0 && !inflater.finished()) {
                    throw new DamagedException("has a compressed element that ends too early");
                }
                inflated.write(block, 0, count);
                if (inflated.size() > LARGEST_INFLATED_BYTES) {
                    throw new DamagedException("has an element of more than " + LARGEST_INFLATED_BYTES + " bytes");
                }
            }
            return ByteBuffer.wrap(inflated.toByteArray()).order(deflated.order());
        } catch (DataFormatException e) {
            throw new DamagedException("has a compressed element that is damaged: " + e.getMessage());
        } finally {
            inflater.end();
        }
    }

    private static Matrix matrix(ByteBuffer buffer) throws DamagedException {
        int kind = next(buffer).data().getInt() & 0xff;
        ByteBuffer dimensions = next(buffer).data();
        long count = 1;
        while (dimensions.hasRemaining()) {
            int length = dimensions.getInt();
            if (length < 0) {
                throw new DamagedException("has an array with a dimension of " + length);
            }
            count = Math.min(count * length, Integer.MAX_VALUE);
        }
        return new Matrix(kind, count, text(next(buffer)), buffer);
    }

    private static Map<Integer, String> synsets(Matrix matrix) throws DamagedException {
        if (matrix.kind() != STRUCTURE) {
            throw new DamagedException("has synsets that are no structure array");
        }
        List<String> fields = fields(matrix.data());
        int idField = fields.indexOf("ILSVRC2012_ID");
        int nameField = fields.indexOf("WNID");
        if (idField < 0 || nameField < 0) {
            throw new DamagedException("has synsets with the fields " + fields + ", not with ILSVRC2012_ID and WNID");
        }
        Map<Integer, String> synsets = new TreeMap<>();
        // Ends with the bytes at the latest, because every field takes eight or more.
        for (long i = 0; i < matrix.count(); i++) {
            int id = 0;
            String name = "";
            for (int field = 0; field < fields.size(); field++) {
                Element value = next(matrix.data());
                if (field == idField) {
                    id = integer(value);
                }
                if (field == nameField) {
                    name = characters(value);
                }
            }
            if (!name.matches("n[0-9]{8}")) {
                throw new DamagedException("has the WordNet id \"" + name + "\", not an n and eight digits");
            }
            if (synsets.put(id, name) != null) {
                throw new DamagedException("has the id " + id + " twice");
            }
        }
        if (synsets.isEmpty()) {
            throw new DamagedException("has no synsets");
        }
        return synsets;
    }

    /** Reads names, which stand in pieces of one length that are padded with zeros. */
    private static List<String> fields(ByteBuffer buffer) throws DamagedException {
        int length = next(buffer).data().getInt();
        ByteBuffer names = next(buffer).data();
        if (length <= 0 || names.remaining() % length != 0) {
            throw new DamagedException("has names of fields in pieces of " + length + " bytes");
        }
        List<String> fields = new ArrayList<>();
        byte[] name = new byte[length];
        while (names.hasRemaining()) {
            names.get(name);
            String padded = new String(name, StandardCharsets.US_ASCII);
            int end = padded.indexOf(0);
            fields.add(end < 0 ? padded : padded.substring(0, end));
        }
        return fields;
    }

    private static Matrix single(Element element) throws DamagedException {
        if (element.type() != MATRIX) {
            throw new DamagedException("has a field of type " + element.type() + ", not an array");
        }
        return matrix(element.data());
    }

    /** Reads a number of any class, which MATLAB stores in the smallest type that holds it. */
    private static int integer(Element element) throws DamagedException {
        Matrix matrix = single(element);
        if (matrix.kind() < FIRST_NUMERIC || matrix.count() != 1) {
            throw new DamagedException("has an ILSVRC2012_ID that is no number");
        }
        Element number = next(matrix.data());
        ByteBuffer data = number.data();
        double value = switch (number.type()) {
            case INT8 -> data.get();
            case UINT8 -> data.get() & 0xff;
            case INT16 -> data.getShort();
            case UINT16 -> data.getShort() & 0xffff;
            case INT32, UINT32 -> data.getInt();
            case SINGLE -> data.getFloat();
            case DOUBLE -> data.getDouble();
            default -> throw new DamagedException("has a number of type " + number.type());
        };
        if (value != Math.rint(value) || value < 1 || value > Integer.MAX_VALUE) {
            throw new DamagedException("has the id " + value);
        }
        return (int) value;
    }

    private static String characters(Element element) throws DamagedException {
        Matrix matrix = single(element);
        if (matrix.kind() != CHARACTERS) {
            throw new DamagedException("has a WNID that is no text");
        }
        return text(next(matrix.data()));
    }

    private static String text(Element element) throws DamagedException {
        Charset charset = switch (element.type()) {
            case INT8, UINT8, UTF8 -> StandardCharsets.UTF_8;
            case UINT16, UTF16 ->
                element.data().order() == ByteOrder.LITTLE_ENDIAN
                        ? StandardCharsets.UTF_16LE
                        : StandardCharsets.UTF_16BE;
            default -> throw new DamagedException("has a text of type " + element.type());
        };
        return charset.decode(element.data()).toString();
    }
}
