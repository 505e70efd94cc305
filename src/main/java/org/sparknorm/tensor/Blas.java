package org.sparknorm.tensor;

import dev.ludovic.netlib.blas.BLAS;

/**
 * The row-major interface to netlib's BLAS, with one thread per call. The implementation that it calls decides the bits
 * of a result, so it has a {@link #name}.
 */
public final class Blas {
    private final BLAS netlib;
    private final String name;

    Blas(BLAS netlib, String name) {
        this.netlib = netlib;
        this.name = name;
    }

    /** Makes one that computes nothing, for a network of which only the structure is wanted. */
    public static Blas none() {
        return new Blas(null, "none");
    }

    /** Library and kernels, for example {@code "OpenBLAS SkylakeX"}. */
    public String name() {
        return name;
    }

    /**
     * C = A·B + β·C for A of [M, K], B of [K, N] and C of [M, N]. With β = 0 the old values of C do not matter.
     *
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public void multiply(Matrix a, Matrix b, float beta, Matrix c) {
        int m = c.rows();
        int n = c.columns();
        int k = a.visibleColumns();
        if (a.visibleRows() != m || b.visibleColumns() != n || b.visibleRows() != k || c.transposed()) {
            throw new IllegalArgumentException("product of [" + a.visibleRows() + ", " + k + "] and [" + b.visibleRows()
                    + ", " + b.visibleColumns() + "] does not fit [" + m + ", " + n + "]");
        }
        if (m == 0 || n == 0) {
            return;
        }
        if (k == 0) {
            for (int i = c.offset(); i < c.offset() + m * n; i++) {
                c.data()[i] = beta == 0 ? 0 : beta * c.data()[i];
            }
            return;
        }
        // Row-major C = A·B is column-major Cᵀ = Bᵀ·Aᵀ: the operands change places, nothing is copied.
        netlib.sgemm(
                b.transposed() ? "T" : "N",
                a.transposed() ? "T" : "N",
                n,
                m,
                k,
                1f,
                b.data(),
                b.offset(),
                b.columns(),
                a.data(),
                a.offset(),
                a.columns(),
                beta,
                c.data(),
                c.offset(),
                c.columns());
    }
}
