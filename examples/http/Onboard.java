import java.net.URI;
import java.net.http.*;
import java.nio.file.*;
import java.util.*;
import java.util.regex.*;

/** Takes a person through FinHub over HTTP, to a transfer, with Java 17 alone: java Onboard.java application.json */
class Onboard {
    static final HttpClient HTTP = HttpClient.newHttpClient();

    static String call(String method, String path, String body, int wait) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(System.getenv("GATEWAY") + path))
            .headers("Authorization", "Bearer " + System.getenv("TOKEN"), "Content-Type", "application/json", "Prefer", "wait=" + wait,
                "Idempotency-Key", UUID.randomUUID().toString()) // the same key for a repeat
            .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)).build();
        var answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 400) throw new IllegalStateException(answer.body()); // says what is wrong, and where
        return answer.body();
    }

    static String waitFor(String path, String target) throws Exception {
        while (true) {
            var seen = call("GET", path + "/wait?for=" + target, null, 30);
            if (seen.contains("\"reached\":true") || seen.contains("\"needsAttention\":true") || !seen.contains("\"outcome\":null")) return seen;
        }
    }

    /** Use a JSON library of your own; the JDK has none. */
    static String field(String json, String name) {
        var found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
        return found.find() ? found.group(1) : null;
    }

    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        String application = Pattern.compile("\"file\"\\s*:\\s*\"([^\"]+)\"").matcher(Files.readString(file)).replaceAll(found -> {
            try {
                Path path = file.resolveSibling(found.group(1));
                return "\"fileName\":\"" + path.getFileName() + "\",\"content\":\"" + Base64.getEncoder().encodeToString(Files.readAllBytes(path)) + "\"";
            } catch (java.io.IOException missing) { throw new java.io.UncheckedIOException(missing); }
        });
        String name = field(application, "applicationId"), path = "/v1/cases/individual/" + name;
        System.out.println("started: " + field(call("PUT", "/v1/individuals/" + name, application, 20), "customerId"));
        System.out.println("in review: " + field(waitFor(path, "review"), "what"));
        String status = waitFor(path, "done"); // meanwhile operators decide
        System.out.println(field(status.substring(status.indexOf("\"status\":{") + 10), "status") + " " + field(status, "iban"));
        call("PUT", "/v1/transfers/" + name + "-second", """
            {"customerId":"%s","accountId":"%s","beneficiaryIban":"%s","amount":{"value":"5.00","currency":"EUR"},"description":"Second instalment",
             "submittedBy":"backoffice-web","origin":{"ipAddress":"192.0.2.24","userAgent":"Mozilla/5.0"}}"""
            .formatted(field(status, "customerId"), field(status, "accountId"), field(application, "iban")), 0);
        String paid = waitFor("/v1/cases/transfer/" + name + "-second", "done");
        System.out.println("transfer: " + field(paid.substring(paid.indexOf("\"status\":{") + 10), "status"));
    }
}
