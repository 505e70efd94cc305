package org.sparknorm.scripts;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Serves the files of a folder on the loopback interface, whole or from a place on. */
final class FileServer implements AutoCloseable {
    private final Path folder;
    private final HttpServer server;
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private FileServer(Path folder, HttpServer server) {
        this.folder = folder;
        this.server = server;
    }

    static FileServer of(Path folder) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        FileServer files = new FileServer(folder, server);
        server.createContext("/", files::answer);
        server.start();
        return files;
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What was asked for: the name, and behind it {@code from N} where the beginning was not wanted. */
    List<String> requests() {
        return requests;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String name = exchange.getRequestURI().getPath().substring(1);
            String range = exchange.getRequestHeaders().getFirst("Range");
            int start = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            requests.add(range == null ? name : name + " from " + start);
            if (!Files.exists(folder.resolve(name))) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] bytes = Files.readAllBytes(folder.resolve(name));
            if (start > 0 && start >= bytes.length) {
                exchange.sendResponseHeaders(416, -1);
                return;
            }
            exchange.getResponseHeaders()
                    .add("Content-Range", "bytes " + start + "-" + (bytes.length - 1) + "/" + bytes.length);
            exchange.sendResponseHeaders(start > 0 ? 206 : 200, bytes.length - start);
            exchange.getResponseBody().write(Arrays.copyOfRange(bytes, start, bytes.length));
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
